import { apiCases } from "./cases/apis.js";
import { availabilityCases } from "./cases/availability.js";
import type { Case } from "./cases/case.js";
import { credentialCases } from "./cases/credentials.js";
import { danglingCases } from "./cases/dangling.js";
import { dockerCases } from "./cases/docker.js";
import { edgeCases } from "./cases/edge.js";
import { grantCases } from "./cases/grants.js";
import { imageCases } from "./cases/images.js";
import { isolationCases } from "./cases/isolation.js";
import { podSecurityCases } from "./cases/podSecurity.js";
import { podCases } from "./cases/pods.js";
import { pulumiCases } from "./cases/pulumi.js";
import { rightsCases } from "./cases/rights.js";
import { spreadCases } from "./cases/spread.js";
import { volumeCases } from "./cases/volumes.js";
import { workloadCases } from "./cases/workloads.js";

/** What rules judge, by hand: the facts that they hold as lists and limits, from the documents that the rules name, and their edges. */
export const cases: readonly Case[] = [
  ...apiCases,
  ...availabilityCases,
  ...credentialCases,
  ...danglingCases,
  ...dockerCases,
  ...edgeCases,
  ...grantCases,
  ...imageCases,
  ...isolationCases,
  ...podCases,
  ...podSecurityCases,
  ...pulumiCases,
  ...rightsCases,
  ...spreadCases,
  ...volumeCases,
  ...workloadCases,
];
