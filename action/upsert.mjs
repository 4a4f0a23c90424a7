// One comment on a pull request, kept up to date.
import { cut } from "./cut.mjs";
import { ApiError } from "./github.mjs";

/** Rounds of looking and writing, before giving up. */
const mostRounds = 8;
/** The author that the token of a workflow writes as. */
const actionsBot = "github-actions[bot]";

/**
 * Makes the comment, or updates the one that an earlier run made: it begins with the same marker and was written by the same account. What
 * somebody else wrote is never touched. Further ones of ours (two runs at once made them) are deleted.
 *
 * @param {import("./github.mjs").GitHub} github
 * @param {object} comment
 * @param {string} comment.repository owner/name
 * @param {number} comment.number of the pull request
 * @param {string} comment.marker first line, invisible on the page
 * @param {string} comment.text
 * @param {string} comment.pointer last line where the text is too long
 * @param {number} comment.limit most characters
 * @returns {Promise<{ url: string, made: boolean }>}
 */
export async function upsert(github, { repository, number, marker, text, pointer, limit }) {
  const author = await authorOf(github);
  let room = limit;
  for (let round = 1; ; round++) {
    const body = `${marker}\n${cut(text, room - marker.length - 1, pointer)}`;
    const [first, ...others] = await ours(github, repository, number, marker, author);
    try {
      const written = first
        ? await github.update(repository, first.id, body)
        : await github.create(repository, number, body);
      for (const { id } of others) await github.remove(repository, id);
      return { url: written.html_url, made: first === undefined };
    } catch (error) {
      if (!(error instanceof ApiError) || round === mostRounds) throw error;
      const tooLong = error.status === 422 && /too long/i.test(error.message);
      // Deleted since it was listed, or perhaps made although the answer was lost: look again.
      const changed = error.unclear || (error.status === 404 && first !== undefined);
      if (tooLong) room = Math.floor(Math.min(room, body.length) / 2);
      else if (!changed) throw error;
    }
  }
}

/** @param {import("./github.mjs").GitHub} github */
async function authorOf(github) {
  try {
    return await github.login();
  } catch (error) {
    // A token that may not ask is a workflow's.
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return actionsBot;
    throw error;
  }
}

/**
 * @param {import("./github.mjs").GitHub} github
 * @param {string} repository
 * @param {number} number
 * @param {string} marker
 * @param {string} author
 */
async function ours(github, repository, number, marker, author) {
  /** @type {import("./github.mjs").Comment[]} */
  const found = [];
  for await (const comment of github.comments(repository, number)) {
    if (comment.user?.login === author && comment.body.startsWith(marker)) found.push(comment);
  }
  return found;
}
