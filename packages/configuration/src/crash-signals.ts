/**
 * What the kernel ends a process with whose native code went wrong. A listener in JavaScript would keep it from ending: after the handler
 * the faulty instruction runs again, for ever, while heartbeats go on (Node.js, "Signal events").
 */
export const crashSignals = ['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGABRT', 'SIGTRAP'] as const;
