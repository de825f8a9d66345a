#!/bin/sh
# Runs deploy/compose.yaml for real, with a certificate of Caddy's own for "localhost": builds the image, talks
# through it, restarts both, and looks how they end. As root, with docker, compose and deno, ports 80 and 443 free:
#
#   sh tests/container/try.sh            with the images that deploy/ names
#   sh tests/container/stand_ins.sh      before it, where no registry of images can be reached
#
# MORE=FILE is one more compose file, for a machine with lower limits.
set -eu
cd "$(dirname "$0")/../.."

export SOTTO_SITE=localhost SOTTO_WEB=yes
secret=deploy/relay_password
own=$(mktemp -d)

fail() { echo "try.sh: $1" >&2; exit 1; }
compose() { docker compose -f deploy/compose.yaml ${MORE:+-f "$MORE"} "$@"; }
state() { docker inspect "sotto-$1-1" --format "$2"; }
tidy() {
  compose down --volumes >/dev/null 2>&1 || true
  rm -rf "$own" "$secret"
}
# Waits until a command succeeds, for at most a minute.
until_true() {
  for _ in $(seq 60); do if "$@" >/dev/null 2>&1; then return; fi; sleep 1; done
  compose logs >&2
  fail "in vain: $*"
}
is_healthy() { [ "$(state relay '{{.State.Health.Status}}')" = healthy ]; }
has_root() { docker cp sotto-caddy-1:/data/caddy/pki/authorities/local/root.crt "$own/ca.pem"; }
answers() { curl -fsS --cacert "$own/ca.pem" https://localhost/health; }

[ ! -e "$secret" ] || fail "there is a $secret: this would write over it"
trap tidy EXIT
trap 'exit 1' INT TERM
(umask 077; openssl rand -base64 18 > "$secret"; cp "$secret" "$own/password")
chown 65532 "$secret"

echo "== builds and starts"
compose up --build --detach
until_true has_root
until_true answers
answers | grep -q '"status":"healthy"' || fail "not healthy"

echo "== talks, by TLS and the password"
talk() { deno run -A tests/container/talk.ts wss://localhost --ca "$own/ca.pem" --relay-password-file "$own/password"; }
talk
compose exec -T relay /usr/local/bin/deno run -P=relay-admin --no-prompt --cached-only server.ts status 2>/dev/null | grep -q healthy || fail "no status"

echo "== hands out the page for browsers, the same as this checkout makes"
page=$(curl -fsS --cacert "$own/ca.pem" https://localhost/web | sha256sum | cut -d ' ' -f 1)
deno task --quiet web | grep -q "^$page " || fail "another page: $page"

echo "== is closed: no rights, no shell, nothing written"
pid=$(state relay '{{.State.Pid}}')
grep -q "^Uid:[[:space:]]65532" "/proc/$pid/status" || fail "another user"
grep -q "^CapEff:[[:space:]]0000000000000000" "/proc/$pid/status" || fail "it has rights"
grep -q "^NoNewPrivs:[[:space:]]1" "/proc/$pid/status" || fail "it could get rights"
if compose exec -T relay /bin/sh -c true 2>/dev/null; then fail "there is a shell"; fi
until_true is_healthy

echo "== comes back after restarts"
compose restart caddy relay
until_true answers
talk
[ "$(state relay '{{.State.ExitCode}}')" = 0 ] || fail "it ended with a fault"

echo "== ends in order, with nothing written"
compose stop
for name in relay caddy; do
  [ "$(state "$name" '{{.State.ExitCode}}')" = 0 ] || fail "$name ended with $(state "$name" '{{.State.ExitCode}}')"
done
[ -z "$(docker diff sotto-relay-1 | grep -v -E '^[AC] /run(/|$)')" ] || fail "it has written: $(docker diff sotto-relay-1)"
echo "All of it works."
