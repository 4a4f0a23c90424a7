import type { EdgeConfArgs } from "../../../components/edge/edgeConfArgs.js";
import type { SiteArgs } from "../../../components/edge/site.js";
import { Edge, nginxNames } from "./edge.js";

/** Runs the same promises against each nginx: the syntax differs, what it does must not. */
export function onEachNginx(
  title: string,
  change: (args: EdgeConfArgs) => EdgeConfArgs,
  suite: (edge: Edge) => void,
): void {
  for (const name of nginxNames) {
    describe(`${title} (${name})`, () => {
      const edge = new Edge(change);
      before(async function () {
        await edge.start(this, name);
      });
      after(() => edge.stop());
      suite(edge);
    });
  }
}

/** The usual arguments. */
export const usual = (args: EdgeConfArgs): EdgeConfArgs => args;

/** A change of the one site. */
export const withSite =
  (change: Partial<SiteArgs>) =>
  (args: EdgeConfArgs): EdgeConfArgs => ({ ...args, sites: args.sites.map(site => ({ ...site, ...change })) });
