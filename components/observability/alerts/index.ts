import type { AlertGroup } from "./alert";
import { application } from "./application";
import { backup } from "./backup";
import { certificates } from "./certificates";
import { edge } from "./edge";
import { kubernetes } from "./kubernetes";
import { mariadb } from "./mariadb";
import { maritime } from "./maritime";
import { meta } from "./meta";
import { postgres } from "./postgres";
import { redis } from "./redis";
import { runtime } from "./runtime";
import { security } from "./security";
import { synthetic } from "./synthetic";
import { system } from "./system";
import { waf } from "./waf";

/** Every group but `availability`, which is made of the targets. tests/observability/alerts.test.ts compares it with the folder. */
export const alertGroups: readonly AlertGroup[] = [
  application,
  backup,
  certificates,
  edge,
  kubernetes,
  mariadb,
  maritime,
  meta,
  postgres,
  redis,
  runtime,
  security,
  synthetic,
  system,
  waf,
];
