/**
 * A model in three.js: loading by format, camera, light, wireframe, animations. Everything made here is let go by
 * `dispose`. Files beside the model come from the address of the model's own folder and from nowhere else.
 */

import {
  AmbientLight, AnimationMixer, Box3, type AnimationClip, type BufferGeometry, Color, DirectionalLight, GridHelper, HemisphereLight, LoadingManager,
  type Material, Mesh, MeshStandardMaterial, type Object3D, PerspectiveCamera, Scene, SRGBColorSpace, Texture, Timer, Vector3, WebGLRenderer,
} from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";

export interface LoadedModel {
  object: Object3D;
  clips: AnimationClip[];
}

/** Formats with a loader here. A `.blend` has none: only Blender reads it. */
export function canLoad(format: string): boolean {
  return ["glb", "gltf", "obj", "fbx", "stl", "dae"].includes(format);
}

/** Where a model's own bytes are, and the address in front of the names of files beside it. */
export interface ModelSource {
  own: string;
  beside: string;
}

/**
 * What an address becomes that a loader asks for. The model itself, the files beside it and what it carries inside
 * pass; anything else (other schemes, other hosts, paths out of the folder) is taken for a file beside it by its
 * bare name, which is also what exporters mean that write paths of their author's machine.
 */
export function guarded(source: ModelSource, url: string): string {
  if (url === source.own || url.startsWith("blob:") || url.startsWith("data:")) return url;
  const relative = url.startsWith(source.beside) ? url.slice(source.beside.length) : url;
  const names = relative.split(/[\\/]|%2f|%5c/i);
  const inside = url.startsWith(source.beside) && !relative.includes(":") && !names.some((name) => /^(\.|%2e){2}$/i.test(name));
  const kept = inside ? names.filter((name) => name !== "" && name !== ".") : names.slice(-1);
  return source.beside + kept.map(once).join("/");
}

/** A name as addresses want it, whether or not the model wrote it that way already. */
function once(name: string): string {
  try {
    return encodeURIComponent(decodeURIComponent(name));
  } catch {
    return encodeURIComponent(name);
  }
}

/**
 * Loads a model. Its relative names lead to the files beside it. Pictures may follow after the model: `arrived` is
 * called for each.
 */
export async function load(format: string, source: ModelSource, arrived: () => void): Promise<LoadedModel> {
  const manager = new LoadingManager();
  manager.onProgress = arrived;
  manager.setURLModifier((url) => guarded(source, url));
  const { own, beside } = source;
  switch (format) {
    case "glb":
    case "gltf": {
      const { GLTFLoader } = await import("three/addons/loaders/GLTFLoader.js");
      const loaded = await new GLTFLoader(manager).setResourcePath(beside).loadAsync(own);
      return { object: loaded.scene, clips: loaded.animations };
    }
    case "fbx": {
      const [{ FBXLoader }] = await Promise.all([import("three/addons/loaders/FBXLoader.js"), textures(manager)]);
      const object = await new FBXLoader(manager).setResourcePath(beside).loadAsync(own);
      return { object, clips: object.animations };
    }
    case "dae": {
      const [{ ColladaLoader }] = await Promise.all([import("three/addons/loaders/ColladaLoader.js"), textures(manager)]);
      const loaded = await new ColladaLoader(manager).setResourcePath(beside).loadAsync(own);
      if (!loaded) throw new Error("collada");
      return { object: loaded.scene, clips: loaded.scene.animations };
    }
    case "obj":
      await textures(manager);
      return { object: await loadObj(manager, source), clips: [] };
    case "stl": {
      const { STLLoader } = await import("three/addons/loaders/STLLoader.js");
      const geometry = await new STLLoader(manager).loadAsync(own);
      return { object: new Mesh(geometry, new MeshStandardMaterial({ color: 0xb8bec6, roughness: 0.75 })), clips: [] };
    }
    default:
      throw new Error(format);
  }
}

/** Pictures beside older formats are often Targa, which no web view draws by itself. */
async function textures(manager: LoadingManager): Promise<void> {
  const { TGALoader } = await import("three/addons/loaders/TGALoader.js");
  manager.addHandler(/\.tga$/i, new TGALoader(manager));
}

async function loadObj(manager: LoadingManager, { own, beside }: ModelSource): Promise<Object3D> {
  const [{ OBJLoader }, { MTLLoader }] = await Promise.all([
    import("three/addons/loaders/OBJLoader.js"),
    import("three/addons/loaders/MTLLoader.js"),
  ]);
  const loader = new OBJLoader(manager);
  const answer = await fetch(own);
  if (!answer.ok) throw new Error(`${answer.status}`);
  const text = await answer.text();
  const library = /^mtllib\s+(.+?)\s*$/m.exec(text)?.[1];
  if (library) {
    // A model without its material file is still worth looking at; the inspector names the missing file.
    const materials = await new MTLLoader(manager).setResourcePath(beside).loadAsync(beside + library).catch(() => null);
    materials?.preload();
    if (materials) loader.setMaterials(materials);
  }
  return loader.parse(text);
}

/** A canvas with a model that a hand can turn. */
export class ModelScene {
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly camera = new PerspectiveCamera(38, 1, 0.01, 1000);
  private readonly controls: OrbitControls;
  private readonly timer = new Timer();
  private readonly grid = new GridHelper(1, 10, 0x808890, 0x808890);
  private mixer: AnimationMixer | null = null;
  private model: LoadedModel | null = null;
  private pending = 0;
  private running = true;
  private dirty = true;

  /** Throws when the machine cannot draw in three dimensions. */
  constructor(private readonly canvas: HTMLCanvasElement, private readonly drawn: () => void) {
    this.renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true, powerPreference: "low-power" });
    this.renderer.outputColorSpace = SRGBColorSpace;
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio || 1, 2));
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.enableDamping = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.controls.dampingFactor = 0.12;
    this.controls.addEventListener("change", () => (this.dirty = true));
    const key = new DirectionalLight(0xffffff, 2.1);
    key.position.set(2, 3, 2.4);
    const rim = new DirectionalLight(0xbfd4ff, 0.7);
    rim.position.set(-2.5, 1.5, -2);
    // Faint on dark and on light. Without a model there is nothing to stand on it.
    this.grid.material.transparent = true;
    this.grid.material.opacity = 0.34;
    this.grid.visible = false;
    this.scene.add(new HemisphereLight(0xffffff, 0x4a4642, 1.15), new AmbientLight(0xffffff, 0.25), key, rim, this.grid);
    this.tick = this.tick.bind(this);
    this.pending = requestAnimationFrame(this.tick);
  }

  show(model: LoadedModel): void {
    this.clear();
    this.model = model;
    this.scene.add(model.object);
    if (model.clips.length > 0) this.mixer = new AnimationMixer(model.object);
    this.frame();
  }

  /** The camera as it was at first: three quarters from above, all of the model in view. */
  frame(): void {
    if (!this.model) return;
    const box = new Box3().setFromObject(this.model.object);
    const centre = box.getCenter(new Vector3());
    const radius = Math.max(box.getSize(new Vector3()).length() / 2, 1e-4);
    const distance = radius / Math.sin((this.camera.fov / 2) * (Math.PI / 180)) * 1.08;
    this.camera.near = distance / 200;
    this.camera.far = distance * 40;
    this.camera.position.copy(centre).add(new Vector3(0.72, 0.48, 0.86).normalize().multiplyScalar(distance));
    this.controls.target.copy(centre);
    this.controls.minDistance = radius * 0.15;
    this.controls.maxDistance = distance * 8;
    this.camera.updateProjectionMatrix();
    this.controls.update();
    const side = 10 ** Math.ceil(Math.log10(radius * 2));
    this.grid.scale.setScalar(side * 2);
    this.grid.position.set(centre.x, box.min.y, centre.z);
    this.dirty = true;
  }

  set wireframe(on: boolean) {
    this.model?.object.traverse((node) => {
      for (const material of materialsOf(node)) if ("wireframe" in material) material.wireframe = on;
    });
    this.dirty = true;
  }

  set floor(on: boolean) {
    this.grid.visible = on;
    this.dirty = true;
  }

  set background(colour: string | null) {
    this.scene.background = colour ? new Color(colour) : null;
    this.dirty = true;
  }

  /** Something in the model came or changed: draws it once more. */
  redraw(): void {
    this.dirty = true;
  }

  /** Plays the animation with this number; none stops and returns to rest. */
  play(index: number | null): void {
    this.mixer?.stopAllAction();
    const clip = index === null ? undefined : this.model?.clips[index];
    if (clip) this.mixer?.clipAction(clip).play();
    this.dirty = true;
  }

  set paused(on: boolean) {
    if (this.mixer) this.mixer.timeScale = on ? 0 : 1;
  }

  turn(yaw: number, pitch: number): void {
    const offset = this.camera.position.clone().sub(this.controls.target);
    const distance = offset.length();
    const around = Math.atan2(offset.x, offset.z) + yaw;
    const up = Math.min(1.5, Math.max(-1.5, Math.asin(offset.y / distance) + pitch));
    offset.set(Math.sin(around) * Math.cos(up), Math.sin(up), Math.cos(around) * Math.cos(up)).multiplyScalar(distance);
    this.camera.position.copy(this.controls.target).add(offset);
    this.controls.update();
    this.dirty = true;
  }

  zoom(factor: number): void {
    this.camera.position.sub(this.controls.target).multiplyScalar(factor).add(this.controls.target);
    this.controls.update();
    this.dirty = true;
  }

  resize(width: number, height: number): void {
    if (width < 1 || height < 1) return;
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    this.dirty = true;
  }

  dispose(): void {
    this.running = false;
    cancelAnimationFrame(this.pending);
    this.clear();
    this.controls.dispose();
    this.grid.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }

  /** Draws only when something moved: an open viewer costs nothing while nobody touches it. */
  private tick(): void {
    if (!this.running) return;
    this.pending = requestAnimationFrame(this.tick);
    this.timer.update();
    this.controls.update();
    if (this.mixer && this.mixer.timeScale > 0) {
      this.mixer.update(this.timer.getDelta());
      this.dirty = true;
    }
    if (!this.dirty || this.canvas.width === 0) return;
    this.dirty = false;
    this.renderer.render(this.scene, this.camera);
    if (this.model) this.drawn();
  }

  private clear(): void {
    this.mixer?.stopAllAction();
    this.mixer = null;
    if (!this.model) return;
    this.scene.remove(this.model.object);
    this.model.object.traverse((node) => {
      if ("geometry" in node) (node.geometry as BufferGeometry).dispose();
      for (const material of materialsOf(node)) {
        for (const value of Object.values(material)) if (value instanceof Texture) value.dispose();
        material.dispose();
      }
    });
    this.model = null;
  }
}

function materialsOf(node: Object3D): (Material & { wireframe?: boolean })[] {
  if (!("material" in node)) return [];
  const material = node.material as Material | Material[];
  return Array.isArray(material) ? material : [material];
}
