/** A file that was dropped or chosen, with its folders. */
export interface DroppedFile {
  readonly path: string;
  readonly file: File;
}

/** Files and what is in folders, hidden ones left out, by name: dropped again, the same ones give the same upload. */
export async function droppedFiles(transfer: DataTransfer): Promise<DroppedFile[]> {
  // The list is empty once the event is over: what is in it is taken first.
  const found = Array.from(transfer.items, (item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const files = await Promise.all(found.map((one) => (one === null ? [] : filesOf(one, ''))));
  return sorted(files.flat());
}

export function chosenFiles(list: FileList): DroppedFile[] {
  return sorted(
    Array.from(list, (file) => ({
      path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath,
      file,
    })),
  );
}

async function filesOf(entry: FileSystemEntry | File, folder: string): Promise<DroppedFile[]> {
  if (entry instanceof File) return [{ path: folder + entry.name, file: entry }];
  const path = folder + entry.name;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [{ path, file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: DroppedFile[] = [];
  for (;;) {
    // At most a hundred at a time.
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return files;
    for (const inside of part) files.push(...(await filesOf(inside, `${path}/`)));
  }
}

function sorted(files: readonly DroppedFile[]): DroppedFile[] {
  return files
    .filter(({ path }) => !path.split('/').some((part) => part.startsWith('.')))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
