/** Scripts that put a program in its place: they pick it, fetch it, check its hash, and only then let it be run. @module */
import type { Download, Listing } from "./downloads.ts";
import { type Build, buildOf } from "./systems.ts";

interface Choice extends Build {
  file: Download;
}

/**
 * The script for POSIX shells. All of it stands in functions that its last line calls: half of it does nothing.
 *
 * @param listing What there is. Names and hashes are plain characters: the listing takes no others.
 * @param origin Where it is, which the door has looked at.
 */
export function installShell(listing: Listing, origin: string): string {
  const choices = choicesOf(listing).filter(({ family }) => family !== "windows");
  const cases = choices.map(({ program, target, file }) =>
    `    ${program}:${target}) name='${file.name}' hash='${file.sha256}' ;;`
  );
  return `#!/bin/sh
# Puts sotto, or another program, into ~/.local/bin (or $SOTTO_DIR): sh install.sh [sotto|sotto-relay]
# SOTTO_CERT=cert.pem trusts that certificate alone. SOTTO_SHA256=… is the hash that you trust; without it, it is the
# one that the relay told when it made this script, which finds damage and is worth as much as that relay.
set -eu

fail() { echo "Cannot install: $1" >&2; exit 1; }

choose() {
  name='' hash=''
  case "$1" in
${cases.join("\n") || "    '') ;;"}
  esac
}

target() {
  case "$(uname -m)" in
    x86_64|amd64) machine=x86_64 ;;
    aarch64|arm64) machine=aarch64 ;;
    *) machine=$(uname -m) ;;
  esac
  case "$(uname -s)" in
    Linux)
      case "$(ldd --version 2>&1)" in *musl*) system=unknown-linux-musl ;; *) system=unknown-linux-gnu ;; esac ;;
    Darwin) system=apple-darwin ;;
    *) system=$(uname -s) ;;
  esac
  echo "$machine-$system"
}

fetch() {
  if command -v curl >/dev/null; then
    curl -fsSL \${SOTTO_CERT:+--cacert "$SOTTO_CERT"} -o "$2" "$1"
  elif command -v wget >/dev/null; then
    wget -q \${SOTTO_CERT:+--ca-certificate="$SOTTO_CERT"} -O "$2" "$1"
  else
    fail 'there is neither curl nor wget'
  fi
}

hash_of() {
  case "$hasher" in
    sha256sum) sha256sum "$1" ;;
    shasum) shasum -a 256 "$1" ;;
    openssl) openssl dgst -sha256 -r "$1" ;;
  esac | cut -c 1-64
}

main() {
  program=\${1:-sotto}
  here=$(target)
  choose "$program:$here"
  if [ -z "$name" ]; then
    fail "there is no $program for $here here. There is: ${
    choicesOf(listing).map(({ file }) => file.name).join(", ") || "nothing"
  }"
  fi
  hasher=''
  for each in openssl shasum sha256sum; do
    if command -v "$each" >/dev/null; then hasher=$each; fi
  done
  [ -n "$hasher" ] || fail 'no hash can be checked: there is neither sha256sum nor shasum nor openssl'
  wanted=\${SOTTO_SHA256:-$hash}
  folder=\${SOTTO_DIR:-$HOME/.local/bin}
  mkdir -p "$folder"
  part=$(mktemp "$folder/.$program.XXXXXX")
  trap 'rm -f "$part"' EXIT
  trap 'exit 1' HUP INT TERM
  fetch "${origin}/download/$name" "$part" || fail "$name cannot be fetched from ${origin}"
  found=$(hash_of "$part")
  [ "$found" = "$wanted" ] || fail "$name is damaged or another file: its SHA-256 is $found, not $wanted"
  chmod 755 "$part"
  mv "$part" "$folder/$program"
  echo "$program is in $folder, SHA-256 $found"
  case ":$PATH:" in *":$folder:"*) ;; *) echo "Add $folder to your PATH." ;; esac
}

main "$@"`;
}

/** The same for PowerShell. */
export function installPowershell(listing: Listing, origin: string): string {
  const choices = choicesOf(listing).filter(({ family }) => family === "windows");
  const table = choices.map(({ program, target, file }) =>
    `    '${program}:${target}' = @('${file.name}', '${file.sha256}')`
  );
  return `# Puts sotto, or another program, into %LOCALAPPDATA%\\Sotto (or $env:SOTTO_DIR): install.ps1 [sotto|sotto-relay]
# $env:SOTTO_SHA256 is the hash that you trust; without it, it is the one that the relay told when it made this script.
param([string]$Program = 'sotto')

function Install-Sotto([string]$Program) {
  $ErrorActionPreference = 'Stop'
  $ProgressPreference = 'SilentlyContinue'
  if ($IsLinux -or $IsMacOS) {
    throw 'Cannot install: this script is for Windows; here it is: curl -fsSL ${origin}/install.sh | sh'
  }
  $files = @{
${table.join("\n")}
  }
  $machine = if ($env:PROCESSOR_ARCHITECTURE -eq 'ARM64') { 'aarch64' } else { 'x86_64' }
  $found = $files["\${Program}:$machine-pc-windows-msvc"]
  if ($null -eq $found) {
    throw "Cannot install: there is no $Program for $machine-pc-windows-msvc here. There is: ${
    choicesOf(listing).map(({ file }) => file.name).join(", ") || "nothing"
  }"
  }
  $name, $hash = $found
  if ($env:SOTTO_SHA256) { $hash = $env:SOTTO_SHA256 }
  $folder = if ($env:SOTTO_DIR) { $env:SOTTO_DIR } else { Join-Path $env:LOCALAPPDATA 'Sotto' }
  New-Item -ItemType Directory -Force $folder | Out-Null
  $part = Join-Path $folder "$Program.part"
  try {
    Invoke-WebRequest -UseBasicParsing "${origin}/download/$name" -OutFile $part
    $is = (Get-FileHash -Algorithm SHA256 $part).Hash
    if ($is -ne $hash) { throw "Cannot install: $name is damaged or another file: its SHA-256 is $is, not $hash" }
    Move-Item -Force $part (Join-Path $folder "$Program.exe")
  } finally {
    Remove-Item -Force -ErrorAction SilentlyContinue $part
  }
  Write-Output "$Program is in $folder, SHA-256 $is"
}

Install-Sotto $Program`;
}

/** Of each program and system the last version, as names sort. */
function choicesOf({ files }: Listing): Choice[] {
  const last = new Map<string, Choice>();
  for (const file of files.values()) {
    const build = buildOf(file.name);
    if (build === undefined) continue;
    const key = `${build.program}:${build.target}`;
    const before = last.get(key);
    if (before === undefined || isLater(build.version, before.version)) last.set(key, { ...build, file });
  }
  return [...last.values()];
}

function isLater(version: string, other: string): boolean {
  return version.localeCompare(other, "en", { numeric: true }) > 0;
}
