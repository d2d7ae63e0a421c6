//! Words that files of games are called by, the common ones first.

pub(super) const PROJECTS: &[&str] = &[
    "emberfall", "tidewright", "moonshard", "iron-orchard", "pocket-golems", "skyrail", "lantern-keep", "gravewood",
    "neon-harbor", "dust-riders", "small-kingdoms", "frostline", "paper-knights", "deep-signal", "sunken-library",
];

pub(super) const PLACES: &[&str] = &[
    "characters", "enemies", "tiles", "props", "ui", "effects", "weapons", "items", "environment", "vehicles",
    "music", "ambience", "voices", "icons", "portraits", "decals", "skyboxes", "foliage", "buildings", "prototypes",
];

pub(super) const SUBJECTS: &[&str] = &[
    "goblin", "tree", "door", "sword", "coin", "wall", "floor", "crate", "player", "slime", "button", "chest", "rock",
    "potion", "torch", "skeleton", "arrow", "cloud", "fence", "grass", "bridge", "barrel", "wizard", "dragon", "shield",
    "house", "knight", "water", "lamp", "bat", "spider", "bow", "axe", "helmet", "window", "panel", "cursor", "heart",
    "gem", "key", "scroll", "book", "banner", "statue", "pillar", "stairs", "ladder", "gate", "tower", "wheel", "cart",
    "boat", "fish", "bird", "wolf", "bear", "ghost", "orc", "troll", "fairy", "mushroom", "flower", "bush", "log",
    "plank", "brick", "tile", "pipe", "gear", "lever", "switch", "spike", "trap", "bomb", "rocket", "laser", "drone",
    "robot", "engine", "tank", "truck", "van", "bike", "road", "sign", "bench", "table", "chair", "bed", "shelf",
    "carpet", "curtain", "painting", "mirror", "clock", "bell", "drum", "flute", "harp", "horn", "anvil", "forge",
];

pub(super) const STATES: &[&str] = &[
    "idle", "walk", "run", "attack", "hit", "dead", "jump", "small", "large", "red", "blue", "green", "dark", "light",
    "old", "new", "broken", "open", "closed", "normal", "albedo", "roughness", "metal", "stone", "wood", "snow", "sand",
    "forest", "cave", "night", "day", "loop", "start", "end", "left", "right", "front", "back", "top", "final",
];

pub(super) const TAGS: &[&str] = &[
    "ui", "enemy", "environment/dungeon", "environment/forest", "character", "prop", "tileset", "effect", "weapon",
    "sound/impact", "sound/ui", "music", "environment/city", "texture/tiling", "texture/pbr", "animated", "placeholder",
    "character/player", "character/npc", "enemy/boss", "enemy/undead", "item/potion", "item/key", "vehicle", "icon",
    "sound/voice", "sound/ambience", "music/battle", "music/menu", "environment/snow", "environment/desert",
    "environment/cave", "lowpoly", "pixelart", "handpainted", "photo", "done", "review", "broken", "licensed",
    "season/winter", "season/autumn", "level/1", "level/2", "level/3", "level/4", "level/5", "jam", "dlc", "marketing",
];
