/**
 * The ten commands of docs/OPERATIONS.md in the folders that they name, as the relay's own user and with the named set
 * of permissions. `/etc`, `/opt` and the rest are copies, in a mount namespace of the test's own.
 *
 * @module
 */
import assert from "node:assert/strict";
import { DocCommands, ROOT } from "../e2e/_doc_commands.ts";
import { issuedPair } from "../tls_helpers.ts";
import { isInstalled } from "./_proxies.ts";

const commands = new DocCommands(["docs/OPERATIONS.md"]);
const CAN = Deno.build.os === "linux" && Deno.uid() === 0 &&
  await isInstalled("runuser", ["--version"]) && await isInstalled("useradd", ["--help"]) &&
  await isInstalled("unshare", ["--mount", "sh", "-c", "mount --make-rprivate / && mount --bind /etc /opt"]);

/** The folders that the commands write to, as they are here and empty or copied. */
function places(folder: string): string {
  return `mount --make-rprivate /
cp -a /etc ${folder}/etc && mount --bind ${folder}/etc /etc
for place in opt var/lib usr/local/sbin; do
  mkdir -p ${folder}/$place && mount --bind ${folder}/$place /$place
done
mount -t tmpfs -o mode=755 tmpfs /run`;
}

/** What is typed: the document's commands, but for the address and the certificate's authority. */
function typed(folder: string, denoDir: string): string {
  const settings = commands.one("cat > /etc/sotto/relay.env")
    .replace("SERVER_HOST=::", "SERVER_HOST=127.0.0.1").replace("SERVER_PORT=443", "SERVER_PORT=0");
  return `set -e
${places(folder)}
${commands.one("useradd --system")}
${commands.one("install -d -o sotto")}
cd '${ROOT}' && ${commands.one("mkdir -p /opt/sotto && cp -r . /opt/sotto")}
# What the next command would download.
mkdir -p /var/lib/sotto/deno && cp -r '${denoDir}/npm' /var/lib/sotto/deno/ && chown -R sotto: /var/lib/sotto/deno
(${commands.take("deno install --entrypoint server.ts").find((each) => each.startsWith("cd "))}) >&2
${commands.one("cat > /usr/local/sbin/sotto-relay <<")}
${commands.one("chmod 755 /usr/local/sbin/sotto-relay")}
${commands.one("> /etc/sotto/password) && chown")}
${commands.one("cat > /usr/local/sbin/sotto-certificate <<")}
${commands.one("chmod 755 /usr/local/sbin/sotto-certificate")}
RENEWED_LINEAGE=${folder} /usr/local/sbin/sotto-certificate
${settings}
# What the service does.
install -d -o sotto -g sotto -m 700 /run/sotto
export ACCOUNTS_FILE=/var/lib/sotto/accounts AUDIT_LOG=/var/lib/sotto/audit.log
sotto-relay --env-file /etc/sotto/relay.env > ${folder}/said &
relay=$!
for second in $(seq 60); do grep -q Stop: ${folder}/said && break; kill -0 $relay; sleep 1; done
grep listening ${folder}/said
${commands.one("sotto-relay status")}
sotto-relay drain
stat -c '%U %a %n' /var/lib/sotto/accounts /var/lib/sotto/audit.log /run/sotto/relay.sock
# Nothing else may be touched, by the same wrapper.
env -u ACCOUNTS_FILE -u AUDIT_LOG sotto-relay --port 0 --audit-log /srv/elsewhere || echo "refused with $?"
kill $relay; wait $relay || true # runuser says that it was ended
${commands.one("admin list --accounts")}
echo "ended with $?"
`;
}

Deno.test({
  name:
    "OPERATIONS: in the folders that it names, as the relay's user, sotto-relay may do all that it is told and nothing else",
  ignore: !CAN,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "sotto-paths-" });
    await Deno.chmod(folder, 0o755);
    try {
      const { pair } = await issuedPair();
      await Deno.writeTextFile(`${folder}/privkey.pem`, pair.key);
      await Deno.writeTextFile(`${folder}/fullchain.pem`, pair.cert);
      const info = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
      const { denoDir } = JSON.parse(new TextDecoder().decode(info.stdout)) as { denoDir: string };
      await Deno.writeTextFile(`${folder}/typed.sh`, typed(folder, denoDir));
      const { code, stdout, stderr } = await new Deno.Command("unshare", {
        args: ["--mount", "timeout", "120", "bash", `${folder}/typed.sh`],
        env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
      }).output();
      const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      assert.equal(code, 0, `${out}\n${err}`);
      assert.match(out ?? "", /listening on wss:\/\/127\.0\.0\.1:\d+\/ws/);
      assert.match(out ?? "", /^state +healthy$/m);
      assert.match(
        out ?? "",
        /^sotto 600 \/var\/lib\/sotto\/accounts\nsotto 600 \/var\/lib\/sotto\/audit\.log\nsotto 600 /m,
      );
      assert.match(out ?? "", /^refused with [12]$/m);
      assert.match(err ?? "", /^Cannot .*\/srv\/elsewhere.*--allow-/m);
      assert.match(out ?? "", /^ended with 0$/m);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
