import type { Credentials, Host, Line } from "./line"

/** The line of this kind of credentials; null where the browser is nobody's telephone. Each kind is loaded only where it is used. */
export async function makeLine(kind: Credentials["kind"], host: Host): Promise<Line | null> {
  switch (kind) {
    case "sip":
      return new (await import("./sip")).SipLine(host)
    case "twilio":
      return new (await import("./twilio")).TwilioLine(host)
    default:
      return null
  }
}
