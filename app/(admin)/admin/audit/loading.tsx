export { ConsoleSkeleton as default } from "@/app/_components/console/console-skeleton";
