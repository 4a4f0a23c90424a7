import type * as pulumi from "@pulumi/pulumi";
import { checkSecret, checkTexts } from "../lib/check";
import type { Component } from "../lib/component";
import type { Egress } from "../network/link";
import { severities as everySeverity, type MuteTime, type ReceiverConfig, type Severity } from "./alertmanagerConfig";
import { type Owner, owners } from "./alerts/alert";

export interface Destination {
  /** A DNS label, its own. */
  name: string;
  /** Addresses of the destination, for the NetworkPolicy. @default any public address */
  to?: Egress["to"];
  /** TCP port of the destination. @default 443; 587 for e-mail */
  port?: number;
  /** What it is told. @default all severities */
  severities?: readonly Severity[];
  /** Whose alerts it is told. @default everybody's */
  owners?: readonly Owner[];
  /** Groups of alerts, such as `maritime`, that it is told. @default all */
  domains?: readonly string[];
  /** When it is told nothing but what is critical, by the names of `muteTimes`. @default never */
  muted?: readonly string[];
}

export interface SlackReceiver extends Destination {
  kind: "slack";
  /** `#channel` or `@user` */
  channel: string;
  /** Secret: whoever has it can write to the channel. */
  webhookUrl: pulumi.Input<string>;
}

export interface WebhookReceiver extends Destination {
  kind: "webhook";
  /** Secret: whoever has it can raise alarms. */
  url: pulumi.Input<string>;
}

export interface EmailReceiver extends Destination {
  kind: "email";
  /** Addresses it is sent to. */
  recipients: readonly string[];
  sender: string;
  /** Host of the mail server, which must offer STARTTLS. */
  mailServer: string;
  username: string;
  password: pulumi.Input<string>;
}

export interface PagerDutyReceiver extends Destination {
  kind: "pagerduty";
  /** Integration key of an Events API v2 service. */
  routingKey: pulumi.Input<string>;
}

/** Who is told about alerts. */
export type Receiver = SlackReceiver | WebhookReceiver | EmailReceiver | PagerDutyReceiver;

/** The argument of each kind that is a secret; it is mounted as a file and stands in no ConfigMap. */
const secretArgument = { slack: "webhookUrl", webhook: "url", email: "password", pagerduty: "routingKey" } as const;

export const defaultPort = { slack: 443, webhook: 443, email: 587, pagerduty: 443 } as const;

const mailAddress = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/;

export const secretOf = (receiver: Receiver): pulumi.Input<string> =>
  (receiver as unknown as Record<string, pulumi.Input<string>>)[secretArgument[receiver.kind]] ?? "";

/** The receiver as alertmanager.yml has it: its secret is the file of its name. */
export function receiverConfig(receiver: Receiver, folder: string): ReceiverConfig {
  const { name, severities = everySeverity, owners: whose = [], domains = [], muted = [] } = receiver;
  const common = { name, severities, owners: whose, domains, muted, secretFile: `${folder}/${name}` };
  switch (receiver.kind) {
    case "slack":
      return { ...common, kind: "slack", channel: receiver.channel };
    case "email": {
      const { recipients, sender, username, mailServer, port = defaultPort.email } = receiver;
      return { ...common, kind: "email", recipients, sender, username, mailServer: `${mailServer}:${port}` };
    }
    default:
      return { ...common, kind: receiver.kind };
  }
}

/** Refuses what Alertmanager would not take, would never send, or would send to everybody. */
export function checkReceivers(
  owner: Component,
  receivers: readonly Receiver[],
  domains: ReadonlySet<string> | undefined,
  muteTimes: readonly MuteTime[],
): void {
  const seen = new Set(["nobody", "watchdog"]);
  receivers.forEach((receiver, index) => {
    const field = `receivers[${index}]`;
    const refuse = (member: string, rule: string, value: unknown) => owner.refuse(`${field}.${member} ${rule}`, value);
    const among = (member: "severities" | "owners" | "domains" | "muted", known: readonly string[] | undefined) => {
      const given: readonly unknown[] | undefined = receiver[member];
      if (given === undefined) return;
      if (given.length === 0) refuse(member, "must not be empty", given);
      owner.checked(() => checkTexts(`${field}.${member}`, given));
      const unknown = given.find(one => typeof one !== "string" || (known !== undefined && !known.includes(one)));
      if (unknown !== undefined) refuse(member, `must be of ${known?.join(", ") || "none"}`, unknown);
    };
    if (typeof receiver.kind !== "string" || !Object.hasOwn(secretArgument, receiver.kind)) {
      refuse("kind", `must be one of ${Object.keys(secretArgument).join(", ")}`, receiver.kind);
    }
    if (!isText(receiver.name, /^[a-z][a-z0-9-]{0,39}$/)) {
      refuse("name", "must be a DNS label of at most 40 characters", receiver.name);
    }
    if (seen.has(receiver.name)) refuse("name", "must not be taken", receiver.name);
    seen.add(receiver.name);
    among("severities", everySeverity);
    among("owners", owners);
    among("domains", domains === undefined ? undefined : [...domains].sort());
    among(
      "muted",
      muteTimes.map(({ name }) => name),
    );
    const secret = (receiver as unknown as Record<string, unknown>)[secretArgument[receiver.kind]];
    owner.checked(() => checkSecret(`${field}.${secretArgument[receiver.kind]}`, secret));
    const member = secretArgument[receiver.kind];
    if (member.toLowerCase().endsWith("url") && typeof secret === "string" && !isSecureUrl(secret)) {
      owner.fail(`${field}.${member} must start with https://`);
    }
    if (receiver.kind === "slack" && !isText(receiver.channel, /^[#@][a-z0-9._-]+$/)) {
      refuse("channel", "must be #channel or @user", receiver.channel);
    }
    if (receiver.kind === "email") checkEmail(receiver, refuse);
  });
}

/** What a URL that holds a secret must be; one that is an Output is not known yet. */
export const isSecureUrl = (url: string): boolean => /^https:\/\/\S+$/.test(url);

const isText = (value: unknown, pattern: RegExp): boolean => typeof value === "string" && pattern.test(value);

function checkEmail(receiver: EmailReceiver, refuse: (member: string, rule: string, value: unknown) => never): void {
  const { recipients, sender, mailServer, username } = receiver;
  const isList: boolean = Array.isArray(recipients);
  if (!isList) refuse("recipients", "must be a list of addresses", recipients);
  if (recipients.length === 0) refuse("recipients", "must not be empty", recipients);
  for (const address of [...recipients, sender]) {
    if (!isText(address, mailAddress)) {
      refuse(address === sender ? "sender" : "recipients", "must be an e-mail address such as a@b.example", address);
    }
  }
  if (!isText(mailServer, /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/)) refuse("mailServer", "must be a host name", mailServer);
  if (!isText(username, /\S/)) refuse("username", "must be a text that is not blank", username);
}
