// Files from a drop, folders included, with their paths inside the folder.

const JUNK = /(^|\/)(\.[^/]*|Thumbs\.db|desktop\.ini|__MACOSX)(\/|$)/i;

/** All files of a drop as [{path, file}]. Must be called inside the event: the list is emptied after it. */
export function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const plain = [...transfer.files];
  return entries.length ? walk(entries) : Promise.resolve(plain.map((file) => ({ path: file.name, file })));
}

async function walk(entries) {
  const found = [];
  for (const entry of entries) {
    const path = entry.fullPath.replace(/^\//, "");
    if (JUNK.test(path)) continue;
    if (entry.isDirectory) found.push(...(await walk(await children(entry))));
    else found.push({ path, file: await new Promise((done, fail) => entry.file(done, fail)) });
  }
  return found;
}

/** A directory reader gives at most a hundred entries at a time. */
async function children(directory) {
  const reader = directory.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return all;
    all.push(...some);
  }
}

/** Files of an input, with the chosen folder's paths. */
export const chosen = (input) =>
  [...input.files]
    .map((file) => ({ path: file.webkitRelativePath || file.name, file }))
    .filter(({ path }) => !JUNK.test(path));
