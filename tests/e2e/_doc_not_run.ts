/** What the documents tell people to type and no test types as it stands. @module */

/** Commands that no test types as they stand, and why. `{file}` names the test that does the same another way. */
export const NOT_RUN: Readonly<Record<string, string>> = {
  "deno task test": "it is what runs this",
  "deno task ok": "it is what runs this",
  "deno task demo": "{tests/e2e/demo_test.ts}",
  "deno task layers": "a step of the gate; {tests/integration/relay_imports_test.ts}",
  "deno task compile": "{tests/integration/compile_test.ts}",
  "npx -y deno@2.9.6": "a prefix, not a command",
  "npx -y deno@2.9.6 run -A server.ts": "the same program by another name",
  "npx -y deno@2.9.6 task test": "the same program by another name",
  "deno run -A client.ts": "it asks at a terminal; {tests/e2e/line_mode_test.ts}",
  "deno task start": "the same with flags; {tests/integration/compile_test.ts}",
  "deno task client": "the same with flags; {tests/integration/compile_test.ts}",
  "deno run -P=client client.ts": "{tests/integration/permissions_test.ts}",
  "deno run -P=relay server.ts": "{tests/integration/permissions_test.ts}",
  "deno run -A https://relay.example/client.js": "{tests/integration/served_client_test.ts}",
  "deno run -A server.ts 0.0.0.0 --tls-self-signed --ask-password":
    "it serves the network; {tests/integration/tls_relay_test.ts}",
  "deno task ok:portable": "it is what runs this",
  "deno test -A client/": "it is what runs this",
  'deno test -A --filter "kicked"': "it is what runs this",
  "deno run --allow-read --allow-write tools/make_vectors.ts":
    "it writes what {tests/vectors/vectors_test.ts} compares",
  "deno task publishable": "a step of the gate",
  "deno task bundle": "{tests/integration/bundle_test.ts}",
  "deno task compile:all": "it downloads five runtimes; {tests/integration/compile_test.ts}",
  "deno run --quiet": "a part of a command",
  "deno task npm": "{tests/integration/npm_package_test.ts}",
  "npm pack ./dist/npm": "{tests/integration/npm_package_test.ts}",
  "npm publish dist/npm --access public": "it publishes",
  "deno task man": "{tests/integration/man_test.ts}",
  "deno task doc:html": "it writes what people read; the gate checks the comments",
  "deno compile --bundle": "a name of what was measured",
  "deno run -P=client client.ts create --nick alice": "{tests/integration/permissions_test.ts}",
  "deno run -P=client --allow-read=$HOME/.config/sotto/config client.ts --config $HOME/.config/sotto/config":
    "{tests/e2e/screen_test.ts}",
  "deno run -P=relay --allow-read=/srv/cert.pem,/srv/key.pem server.ts --tls-cert /srv/cert.pem --tls-key /srv/key.pem":
    "{tests/integration/permissions_test.ts}",
  "deno task web": "{tests/integration/web_page_test.ts}",
  "deno run -A server.ts --web": "{tests/integration/web_page_test.ts}",
  "deno run -A server.ts --serve-client": "{tests/integration/served_client_test.ts}",
  'deno run -A https://relay.example/client.js join "https://relay.example/#…"':
    "{tests/integration/served_client_test.ts}",
  "deno run --no-prompt --ignore-env --allow-net=relay.example https://relay.example/client.js":
    "{tests/integration/served_client_test.ts}",
  "deno run --cert cert.pem": "{tests/integration/served_client_test.ts}",
  "curl --cacert": "{tests/integration/install_scripts_test.ts}",
  "gh attestation verify <file> --repo <owner>/<repository>": "it needs a release",
  "source <(sotto completions bash)": "{tests/integration/completions_test.ts}",
  "sotto completions fish > ~/.config/fish/completions/sotto.fish": "{tests/integration/completions_test.ts}",
  "sotto completions powershell | Out-String | Invoke-Expression": "it needs PowerShell",
  "apt-get update && apt-get install -y npm openssl curl certbot": "it changes the machine",
  "npm install --global deno@2.9.6": "it changes the machine",
  "useradd --system --create-home --home-dir /var/lib/sotto sotto": "it changes the machine",
  "install -d -o sotto -g sotto -m 700 /etc/sotto": "it changes the machine",
  "mkdir -p /opt/sotto && cp -r . /opt/sotto": "it changes the machine",
  "cd /opt/sotto && runuser -u sotto -- env DENO_DIR=/var/lib/sotto/deno deno install --entrypoint server.ts":
    "it downloads all packages anew",
  "cp -r . /opt/sotto && cd /opt/sotto && runuser -u sotto -- env DENO_DIR=/var/lib/sotto/deno deno install --entrypoint server.ts":
    "it downloads all packages anew",
  "certbot certonly --standalone -d relay.example --deploy-hook /usr/local/sbin/sotto-certificate":
    "it needs a name on the internet; the hook is run by {tests/e2e/operations_test.ts}",
  "certbot certonly --webroot -w /var/www/html -d YOUR.NAME --deploy-hook 'systemctl reload nginx'":
    "it needs a name on the internet",
  "install -m 644 /opt/sotto/deploy/sotto-relay.service /etc/systemd/system/":
    "it changes the machine; {tests/integration/service_test.ts} looks at the unit",
  "systemctl daemon-reload && systemctl enable --now sotto-relay": "it needs systemd as the machine's init",
  "systemctl restart sotto-relay": "it needs systemd as the machine's init",
  "systemctl reload sotto-relay": "it sends SIGHUP; {tests/integration/tls_reload_test.ts}",
  "systemctl kill -s USR2 sotto-relay": "it sends SIGUSR2; {tests/integration/service_test.ts}",
  "systemd-analyze security sotto-relay": "{tests/integration/service_test.ts}",
  "sed s/relay.example/YOUR.NAME/ /opt/sotto/deploy/Caddyfile > /etc/caddy/Caddyfile && systemctl reload caddy":
    "it changes the machine; {tests/integration/behind_proxy_test.ts} runs the file",
  "sed s/relay.example/YOUR.NAME/ /opt/sotto/deploy/nginx.conf > /etc/nginx/conf.d/sotto.conf && nginx -t && systemctl reload nginx":
    "it changes the machine; {tests/integration/behind_proxy_test.ts} runs the file",
  "export SOTTO_SITE=relay.example": "it needs Docker",
  "(umask 077; openssl rand -base64 18 > deploy/relay_password) && sudo chown 65532 deploy/relay_password":
    "it needs Docker",
  "docker compose -f deploy/compose.yaml up --build --detach":
    "it needs Docker; {tests/integration/container_test.ts} lays the image's files out",
  "docker compose -f deploy/compose.yaml exec relay /usr/local/bin/deno run -P=relay-admin --no-prompt --cached-only server.ts status":
    "it needs Docker; {tests/integration/container_test.ts}",
  "docker build -f deploy/Dockerfile -t sotto-relay .": "it needs Docker",
  "docker run": "it needs Docker",
  "curl -u NAME …": "a pattern; {tests/integration/http_tokens_test.ts}",
  "openssl req -x509 -key key.pem": "the beginning of a command; {terminal/pin_test.ts}",
  "openssl rand -base64 18": "a part of a command that {tests/e2e/operations_test.ts} runs",
};
