# What tests/service/try.sh runs as root in the machine that it has booted.
set -eu
export HOME=/root NO_COLOR=1 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt DENO_CERT=/etc/ssl/certs/ca-certificates.crt
fail() { echo "inside.sh: $1"; journalctl --no-pager -u sotto-relay | tail -20; exit 1; }
shows() { systemctl show -p "$1" --value sotto-relay; }
until_true() { for _ in $(seq 30); do if "$@" >/dev/null 2>&1; then return; fi; sleep 1; done; fail "in vain: $*"; }
answers() { curl -fsS --cacert /etc/sotto/cert.pem https://localhost/health; }

echo "== 2 to 5: Deno, a user, Sotto, its packages, a command"
cd /root/sotto
npm install --global --silent deno@2.9.6
useradd --system --create-home --home-dir /var/lib/sotto sotto
install -d -o sotto -g sotto -m 700 /etc/sotto
mkdir -p /opt/sotto && cp -r . /opt/sotto
cd /opt/sotto && runuser -u sotto -- env DENO_DIR=/var/lib/sotto/deno deno install --quiet --entrypoint server.ts
sed -n '/^cat > \/usr\/local\/sbin\/sotto-relay/,/^chmod/p' docs/OPERATIONS.md | sh

echo "== 6 to 9: a password, a certificate, settings, the service"
(umask 077; openssl rand -base64 18 > /etc/sotto/password) && chown sotto: /etc/sotto/password
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=relay.example \
  -addext subjectAltName=DNS:relay.example,DNS:localhost -keyout /etc/sotto/key.pem -out /etc/sotto/cert.pem 2>/dev/null
chown sotto: /etc/sotto/*.pem
sed -n '/^cat > \/etc\/sotto\/relay.env/,/^END/p' docs/OPERATIONS.md | sh
printf 'ACCOUNTS_FILE=/var/lib/sotto/accounts\nAUDIT_LOG=/var/log/sotto/audit.log\n' >> /etc/sotto/relay.env
install -m 644 /opt/sotto/deploy/sotto-relay.service /etc/systemd/system/
systemctl daemon-reload && systemctl enable --now sotto-relay

echo "== 10: is it there?"
until_true answers
sotto-relay status 2>/dev/null | grep 'state *healthy' || fail "no status"
pid=$(shows MainPID)
grep -q '^CapEff:.0000000000000400' "/proc/$pid/status" || fail "other rights than to low ports"
grep -q '^Seccomp:.2' "/proc/$pid/status" || fail "it may make any system call"
cp /etc/sotto/password /root/password
cd /root/sotto && deno install --frozen --quiet
deno run --quiet -A tests/container/talk.ts wss://localhost --ca /etc/sotto/cert.pem --relay-password-file /root/password

echo "== reload, a crash, a wrong setting, the end"
systemctl reload sotto-relay
[ "$(shows MainPID)" = "$pid" ] || fail "a reload started it anew"
kill -9 "$pid"
sleep 2
until_true answers
[ "$(shows NRestarts)" = 1 ] || fail "not started anew"
systemctl stop sotto-relay
[ "$(shows Result) $(shows ExecMainStatus)" = "success 0" ] || fail "it did not end in order"
cp /etc/sotto/relay.env /root/relay.env
echo SERVER_PORT=nonsense >> /etc/sotto/relay.env
systemctl start sotto-relay
sleep 3
[ "$(shows ExecMainStatus) $(shows NRestarts)" = "2 0" ] || fail "a wrong setting is tried again"
cp /root/relay.env /etc/sotto/relay.env

echo "== with MemoryDenyWriteExecute=yes"
mkdir -p /etc/systemd/system/sotto-relay.service.d
printf '[Service]\nMemoryDenyWriteExecute=yes\nRestart=no\n' > /etc/systemd/system/sotto-relay.service.d/try.conf
systemctl daemon-reload
systemctl reset-failed sotto-relay
systemctl start sotto-relay
sleep 3
echo "the service is $(shows ActiveState)"
touch /root/good
