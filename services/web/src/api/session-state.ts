import { createStore } from "./store";

/** Whether the session ended while somebody was at work: the page asks for the password and keeps everything. */
export const sessionEnded = createStore(false);
