import type { Case } from "../support/ruleTests";
import { applicationCases } from "./application";
import { backupCases } from "./backup";
import { edgeCases, wafCases } from "./edge";
import { kubernetesCases } from "./kubernetes";
import { maritimeCases } from "./maritime";
import { availabilityCases, metaCases } from "./meta";
import { certificateCases, runtimeCases, securityCases } from "./security";
import { mariadbCases, postgresCases, redisCases } from "./stores";
import { syntheticCases } from "./synthetic";
import { systemCases } from "./system";

/** By group. */
export const cases: Readonly<Record<string, readonly Case[]>> = {
  application: applicationCases,
  availability: availabilityCases,
  backup: backupCases,
  certificates: certificateCases,
  edge: edgeCases,
  kubernetes: kubernetesCases,
  mariadb: mariadbCases,
  maritime: maritimeCases,
  meta: metaCases,
  postgres: postgresCases,
  redis: redisCases,
  runtime: runtimeCases,
  security: securityCases,
  synthetic: syntheticCases,
  system: systemCases,
  waf: wafCases,
};
