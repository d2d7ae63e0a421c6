/**
 * What crosses the boundary, as `crates/wire` and `crates/domain` write it (generated). Types with defaults on the
 * Rust side come out with optional fields, since a *reader* may leave them out; the engine always writes all of
 * them, so here they are whole.
 */

import type * as G from "./generated/bindings";

export type {
  Account, Activity, AnimationSheet, AnimationTag, AppInfo, AssetLocation, AssetVersion, BinItem, Bounds, Card, CloudAct, CloudAsk, CloudDone, CloudLink, CloudList, CloudNews, CloudPlace, CloudRows, CloudState, CloudWelcome,
  Collection, Comment, Completion, ConsentAnswer, DataExport, DuplicateGroup,
  Edit, EditDone, ErrorCode, ExportDone, Facet, FactorSetup, FacetValue, Failure, FileDrag, Finding, Format, HistoryStep, ImportRequest, InvitationOffer,
  JobIssue, JobState, KeyScope, Kind, KnownLibrary, LibraryState, LibrarySummary, Member, Notification, NotificationPreference, ObjectRef, Person, Presence, PresencePlace, PreviewState, Project, Quota, RenamePreview, RenameRow, ReviewKind,
  SearchRequest, SearchResult, SelectionSummary, SignInProvider, SmartFolder, Swatch, TagCount, TagNode, Targets, Theme, UnsentComment, WatchedFolder, Workspace,
} from "./generated/bindings";

type Whole<T> = T extends unknown ? Required<T> : never;

export type ImageMetadata = Required<G.ImageMetadata>;
export type ModelMetadata = Required<G.ModelMetadata>;
export type AudioMetadata = Required<G.AudioMetadata>;
export type FontMetadata = Required<G.FontMetadata>;
export type VideoMetadata = Required<G.VideoMetadata>;
export type SceneMetadata = Required<G.SceneMetadata>;
export type TextMetadata = Required<G.TextMetadata>;
export type Metadata = Whole<G.Metadata>;
export type AssetDetail = Omit<G.AssetDetail, "metadata"> & { metadata: Metadata };

export type ImportCounts = Required<G.ImportCounts>;
export type Job = Omit<G.Job, "counts"> & { counts: ImportCounts };
export type JobReport = Omit<G.JobReport, "job"> & { job: Job };
export type Event = Exclude<G.Event, { is: "job" }> | { is: "job"; job: Job };

export type Settings = Required<G.Settings>;
