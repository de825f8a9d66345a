/** Where others on the local network find this computer. @module */

/** The address by which others on the local network most likely reach this computer. */
export function lanAddress(interfaces: Deno.NetworkInterfaceInfo[] = networkInterfaces()): string | null {
  const usable = interfaces.filter(({ family, address }) =>
    family === "IPv4" && !/^(?:127|169\.254)\./.test(address)
  );
  const rank = ({ name, address }: Deno.NetworkInterfaceInfo): number =>
    (/^(?:docker|br-|veth|virbr|vmnet|vboxnet|tun|tap|wg|utun)/.test(name) ? 10 : 0) +
    (/^192\.168\./.test(address)
      ? 0
      : /^10\./.test(address)
      ? 1
      : /^172\.(?:1[6-9]|2\d|3[01])\./.test(address)
      ? 2
      : 3);
  return usable.sort((a, b) => rank(a) - rank(b))[0]?.address ?? null;
}

function networkInterfaces(): Deno.NetworkInterfaceInfo[] {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "networkInterfaces" });
  return state === "granted" ? Deno.networkInterfaces() : [];
}
