import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { ContainerImage, type Image } from "../components/index";
import type { Settings } from "../config";

/** FlowMarine's own images: as the settings name them by digest (a pipeline built them once and promotes them), else built here. */
export function ownImages({ backend, frontend, registry }: Settings["images"]): { backend: Image; frontend: Image } {
  if (backend !== undefined && frontend !== undefined) return { backend, frontend };
  const provider = new docker.Provider("docker", {});
  const build = (name: string) =>
    new ContainerImage(
      name,
      {
        repository: `${registry ?? ""}/${name}`,
        tag: pulumi.getStack(),
        context: `sample/${name}`,
        dockerfile: `images/${name}.Dockerfile`,
      },
      { provider },
    );
  return { backend: backend ?? build("backend"), frontend: frontend ?? build("frontend") };
}
