/** One dispatched event of a `text/event-stream` (WHATWG HTML, section 9.2). */
export interface ServerSentEvent {
  /** `message` when the stream names none. */
  readonly type: string;
  readonly data: string;
  /** The last id seen up to here: it carries over events that have none of their own. */
  readonly lastEventId: string;
}

export interface SseParser {
  /** Takes a piece of the stream, cut anywhere, and returns the events it completes. */
  push(text: string): readonly ServerSentEvent[];
  /** Reconnection time the server asked for, or null. */
  readonly retryMs: number | null;
}

/** Far above any event of ours; a stream without line ends must not fill the memory. */
const largestEventCharacters = 16 * 1024 * 1024;

/** Incremental parser; the caller decodes UTF-8. An event cut off by the end of the stream is never dispatched. */
export function createSseParser(lastEventId = ''): SseParser {
  let rest = '';
  /** Where the search for a line end goes on: what lies before holds none. */
  let scanned = 0;
  let started = false;
  let type = '';
  let data: string[] = [];
  let dataCharacters = 0;
  let retryMs: number | null = null;

  function readField(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'data') {
      data.push(value);
      dataCharacters += value.length;
    } else if (name === 'event') type = value;
    else if (name === 'id' && !value.includes('\0')) lastEventId = value;
    else if (name === 'retry' && /^\d+$/.test(value)) retryMs = Number(value);
  }

  function dispatch(): ServerSentEvent | null {
    const event = data.length > 0 ? { type: type || 'message', data: data.join('\n'), lastEventId } : null;
    type = '';
    data = [];
    dataCharacters = 0;
    return event;
  }

  return {
    push(text) {
      if (!started && text.length > 0) {
        started = true;
        if (text.startsWith('\uFEFF')) text = text.slice(1);
      }
      rest += text;
      if (rest.length + dataCharacters > largestEventCharacters) {
        throw new RangeError(`An event is longer than ${largestEventCharacters} characters`);
      }
      const events: ServerSentEvent[] = [];
      let from = 0;
      for (;;) {
        const end = lineEnd(rest, Math.max(from, scanned));
        if (end === null) break;
        const line = rest.slice(from, end.at);
        from = end.next;
        if (line !== '') readField(line);
        else {
          const event = dispatch();
          if (event !== null) events.push(event);
        }
      }
      rest = rest.slice(from);
      scanned = rest.endsWith('\r') ? rest.length - 1 : rest.length;
      return events;
    },
    get retryMs() {
      return retryMs;
    },
  };
}

/** Lines end with LF, CR or CR LF. A CR at the very end waits for what follows: it may be half of a CR LF. */
function lineEnd(text: string, from: number): { at: number; next: number } | null {
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '\n') return { at, next: at + 1 };
    if (character === '\r') {
      if (at + 1 === text.length) return null;
      return { at, next: text[at + 1] === '\n' ? at + 2 : at + 1 };
    }
  }
  return null;
}
