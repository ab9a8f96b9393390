/** What the actions on a campaign are called, and their pictures. */

import { Ban, type LucideIcon, Pause, Play } from "lucide-react";
import type { Move } from "./move-campaign";

export const MOVE: Record<Move, { word: string; icon: LucideIcon; isAsked: boolean }> = {
  start: { word: "Start now", icon: Play, isAsked: true },
  pause: { word: "Pause", icon: Pause, isAsked: false },
  resume: { word: "Resume", icon: Play, isAsked: false },
  cancel: { word: "Cancel", icon: Ban, isAsked: true },
};
