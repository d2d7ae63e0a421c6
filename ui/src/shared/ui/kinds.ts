/** A sign for each kind of asset, where there is no picture. */

import AudioLines from "@lucide/svelte/icons/audio-lines";
import Box from "@lucide/svelte/icons/box";
import Clapperboard from "@lucide/svelte/icons/clapperboard";
import File from "@lucide/svelte/icons/file";
import FileText from "@lucide/svelte/icons/file-text";
import Image from "@lucide/svelte/icons/image";
import Type from "@lucide/svelte/icons/type";
import Workflow from "@lucide/svelte/icons/workflow";
import type { Component } from "svelte";

export const KIND_ICONS: Record<string, Component> = { image: Image, model: Box, audio: AudioLines, font: Type, video: Clapperboard, scene: Workflow, text: FileText, other: File };
