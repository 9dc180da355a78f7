import type { CatalogueEntry } from '../entry.ts';

/** Files that cannot become a data set, and data sets that do not fit a model. */
export const dataErrors = {
  DATASET_NOT_FOUND: {
    status: 404,
    message: 'There is no data set {dataset}',
    advice: 'List the data sets with GET /v1/datasets; built-in ones are named `builtin:…`.',
    retryable: false,
  },
  DATASET_NOT_READY: {
    status: 409,
    message: 'Data set {dataset} is {state}',
    advice: 'Upload its file and wait until GET /v1/datasets/:id shows the state `ready`.',
    retryable: true,
  },
  DATASET_STATE_CONFLICT: {
    status: 409,
    message: 'Data set {dataset} is {state}; it cannot {action}',
    advice:
      'A data set is filled once: create a new one for other content, or wait for the upload under way.',
    retryable: false,
  },
  DATASET_IN_USE: {
    status: 409,
    message: 'Data set {dataset} is used by {count} jobs that have not ended, for example {job}',
    advice: 'Cancel them or wait; what has ended keeps what it needs.',
    retryable: false,
  },
  DATASET_QUOTA_EXCEEDED: {
    status: 413,
    message: '{owner} may store {limit} bytes; this would make it {total}',
    advice: 'Delete data sets that nobody needs, or ask staff for more room.',
    retryable: false,
  },
  UPLOAD_NOT_FOUND: {
    status: 404,
    message: 'Data set {dataset} has no file {file} under way',
    advice: 'Announce it with POST /v1/datasets/:id/files. What is not finished after a day is forgotten.',
    retryable: false,
  },
  UPLOAD_OFFSET_CONFLICT: {
    status: 409,
    message: 'File {file} goes on at byte {offset}: {problem}',
    advice: 'Ask for the offset with HEAD and send the rest from there, one request at a time.',
    retryable: true,
  },
  UPLOAD_INCOMPLETE: {
    status: 409,
    message: 'File "{name}" has {offset} of {bytes} bytes',
    advice: 'Send the rest, or delete the file, before the data set is read.',
    retryable: false,
  },
  URL_REFUSED: {
    status: 422,
    message: '{url} is not fetched: {problem}',
    advice:
      'Staff allow hosts with DESCENT_DATASET_URL_HOSTS. Otherwise download the file and upload it with `descent datasets push`.',
    retryable: false,
  },
  URL_FETCH_FAILED: {
    status: 422,
    message: '{url} cannot be fetched: {problem}',
    advice: 'Open the address in a browser; it must answer with the file itself.',
    retryable: true,
  },
  DATASET_FILES_MISSING: {
    status: 422,
    message: 'The files of {dataset} are not installed: {problem}',
    advice:
      'Built-in data sets are ordinary npm or Debian packages on the machine of the api; `descent datasets ls` says which.',
    retryable: false,
  },
  ARTIFACT_NOT_FOUND: {
    status: 404,
    message: 'There is no artifact {hash}',
    advice: 'The object it belongs to was deleted, or the data folder is not the one it was written to.',
    retryable: false,
  },
  SHARD_DAMAGED: {
    status: 500,
    message: 'Shard {hash} is damaged: {problem}',
    advice:
      'Fetch it again; if it stays damaged, check the disk below the data folder and upload the data set again.',
    retryable: true,
  },
  FILE_FORMAT_UNKNOWN: {
    status: 415,
    message: 'The format of {file} is not known: {problem}',
    advice:
      'Use CSV, TSV, JSON Lines, Parquet, NPZ, NPY, safetensors or IDX (tables and IDX gzipped too), a zip or tar of images, or plain text, with its usual file name ending.',
    retryable: false,
  },
  DATA_TOO_LARGE: {
    status: 413,
    message: '{part} is {actual}; the limit is {limit}',
    advice: 'Split the file, or store smaller elements (uint8 instead of float64).',
    retryable: false,
  },
  DATA_TOO_SLOW: {
    status: 422,
    message: 'Reading {part} was given up after {seconds} s',
    advice:
      'A damaged file can claim more values than it holds: write it anew. Split a file that is whole into several.',
    retryable: false,
  },
  DATA_EMPTY: {
    status: 422,
    message: 'There are no samples in {part}',
    advice: 'Send at least one sample.',
    retryable: false,
  },
  SAFETENSORS_INVALID: {
    status: 422,
    message: 'The safetensors file cannot be read: {problem}',
    advice: 'Write the file again with a safetensors library; it is truncated, altered or of another format.',
    retryable: false,
  },
  NPY_INVALID: {
    status: 422,
    message: 'Array "{array}" cannot be read: {problem}',
    advice:
      'Write it with numpy.save or numpy.savez as numbers (float32, int32 and uint8 are the usual ones).',
    retryable: false,
  },
  NPY_OBJECT_ARRAY: {
    status: 422,
    message: 'Array "{array}" holds Python objects (dtype {descr}); reading them would run pickle code',
    advice: 'Convert it to numbers first, for example `array.astype("float32")`.',
    retryable: false,
  },
  ARCHIVE_REFUSED: {
    status: 422,
    message: 'The archive is refused: {problem}',
    advice:
      'An NPZ file holds only arrays, an archive of images plain files: each name once, relative, no links, no archives inside.',
    retryable: false,
  },
  IMAGE_FOLDERS_INVALID: {
    status: 422,
    message: 'The images cannot be sorted into splits and classes: {problem}',
    advice:
      'Put them into folders split/class/file or class/file, or add a table with the columns `file`, `label` and perhaps `split`.',
    retryable: false,
  },
  IMAGES_UNREADABLE: {
    status: 422,
    message: '{count} of {total} images cannot be used; the first is {first}: {problem}',
    advice:
      'Images are PNG, JPEG or WebP. Of different sizes, name the one to bring them to: `image.width` and `image.height`; grey and colour together, `image.channels`.',
    retryable: false,
  },
  TOKENIZER_INVALID: {
    status: 422,
    message: 'The tokenizer cannot be used: {problem}',
    advice:
      'Use a tokenizer.json with byte-level BPE, WordPiece or Unigram, or let `text.tokens` = "bpe" learn one from the text.',
    retryable: false,
  },
  IDX_INVALID: {
    status: 422,
    message: 'IDX file {file} cannot be read: {problem}',
    advice: 'Check that the file is complete; its length must be what its header says.',
    retryable: false,
  },
  CSV_HEADER_INVALID: {
    status: 422,
    message: 'The header row cannot be used: {problem}',
    advice: 'Put one unique, non-empty name per column into row 1.',
    retryable: false,
  },
  CSV_ROW_INVALID: {
    status: 422,
    message: 'Row {row}: {problem}',
    advice: 'Rows are counted from 1, the header. Every row has as many cells as the header.',
    retryable: false,
  },
  TEXT_INVALID: {
    status: 422,
    message: 'The text cannot be read at byte {offset}: {problem}',
    advice: 'Save the file as UTF-8, or name its encoding. Bytes are counted from 0, unpacked.',
    retryable: false,
  },
  JSON_LINE_INVALID: {
    status: 422,
    message: 'Line {line}: {problem}',
    advice: 'Write one flat object per line: {"x": 1.5, "label": "cat", "image": [0, 1]}.',
    retryable: false,
  },
  PARQUET_INVALID: {
    status: 422,
    message: 'The Parquet file cannot be read: {problem}',
    advice:
      'Write it again with flat columns (no lists or structs), packed with Snappy, gzip, Brotli, Zstandard or not at all.',
    retryable: false,
  },
  CELL_INVALID: {
    status: 422,
    message: 'Row {row}, column "{column}": {problem}',
    advice:
      'Correct the cell, name it as a missing value, or set the type of the column. Types left out come from the first 1000 rows.',
    retryable: false,
  },
  COLUMN_NAME_INVALID: {
    status: 422,
    message: '"{column}" cannot name a column: {problem}',
    advice: 'Name arrays `column` or `split.column`, with letters, digits, spaces, `_` and `-`.',
    retryable: false,
  },
  COLUMN_VALUE_INVALID: {
    status: 422,
    message: 'Column "{column}" of split "{split}", sample {sample}: {problem}',
    advice: 'Samples are counted from 0. Replace values that are not finite or do not fit into 32 bits.',
    retryable: false,
  },
  COLUMN_LENGTHS_DIFFER: {
    status: 422,
    message: 'In split "{split}", column "{column}" has {actual} samples and column "{first}" has {expected}',
    advice: 'All columns of a split need the same first axis.',
    retryable: false,
  },
  SPLITS_DIFFER: {
    status: 422,
    message: 'Split "{split}" does not fit split "{first}": {problem}',
    advice: 'Every split needs the same columns, each with one dtype and one sample shape.',
    retryable: false,
  },
  SPLIT_UNKNOWN: {
    status: 422,
    message: '{path}: the data set has no split "{split}"; it has {known}',
    advice: 'Name one of its splits, or use `validation: { "ratio": 0.1 }` to hold samples out.',
    retryable: false,
  },
  SPLIT_TOO_SMALL: {
    status: 422,
    message: '{path}: holding {part} of {count} samples out leaves none to train on or none to validate with',
    advice: 'Use a data set with more samples, or hold another part out.',
    retryable: false,
  },
  INPUT_UNKNOWN: {
    status: 422,
    message: '{path}: the model has no input "{input}"; it has {known}',
    advice: 'Keys of `data.inputs` are names of model inputs or of labels in the loss.',
    retryable: false,
  },
  COLUMN_UNKNOWN: {
    status: 422,
    message: '{path}: input "{input}" asks for column "{column}", which the data set does not have',
    advice: 'It has the columns in `details.known`; `details.didYouMean` holds the nearest name.',
    retryable: false,
  },
  COLUMN_NOT_SCALAR: {
    status: 422,
    message: '{path}: column "{column}" of shape {columnShape} cannot be stacked with others',
    advice: 'Only columns with one number per sample can be stacked to a vector.',
    retryable: false,
  },
  COLUMN_SHAPE_MISMATCH: {
    status: 422,
    message: '{path}: input "{input}" has shape {inputShape}; its data has shape {columnShape}',
    advice:
      'Shapes are of one sample, without the batch axis. Change the input shape of the model or the columns.',
    retryable: false,
  },
  COLUMN_IS_TEXT: {
    status: 422,
    message: '{path}: input "{input}" is {dtype}; column "{column}" holds text ({what})',
    advice:
      'Transform it (oneHot, codes; bagOfWords for free text), or give the input dtype int32 and embed the codes.',
    retryable: false,
  },
  COLUMN_HAS_MISSING: {
    status: 422,
    message: '{path}: input "{input}" would get missing values; column "{column}" has {missing}',
    advice: 'Transform the column with `fill`, or name it in `data.dropMissing` to leave those samples out.',
    retryable: false,
  },
  COLUMN_NOT_INTEGER: {
    status: 422,
    message: '{path}: input "{input}" needs integers; column "{column}" is {columnDtype}',
    advice: 'Store class labels as int32 or uint8; in a CSV file write 3, not 3.0 or 3.5.',
    retryable: false,
  },
  TRANSFORM_INVALID: {
    status: 422,
    message: '{path}: {transform} cannot transform column "{column}" for input "{input}": {problem}',
    advice:
      'docs/data.md lists the transforms and the columns that they are for; they apply in the order given.',
    retryable: false,
  },
  SAMPLES_INVALID: {
    status: 422,
    message: '{path}: {problem}',
    advice:
      'Columns that choose samples hold classes or whole numbers, one per sample; a data set without them can be split by `ratio`.',
    retryable: false,
  },
  LABELS_OUT_OF_RANGE: {
    status: 422,
    message:
      '{path}: labels "{input}" must be 0 to {largest} for {classes} classes; column "{column}" holds {minimum} to {maximum}',
    advice: 'Number the classes from 0, or change the units of the last layer to the number of classes.',
    retryable: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
