export { ConsoleSkeleton as default } from "@/app/_features/console/console-skeleton";
