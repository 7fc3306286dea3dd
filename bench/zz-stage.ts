import { startStage } from "./cost/stage";
process.env.SOUND = "no";
const stage = await startStage();
console.log(stage.url);
setInterval(() => {}, 1000);
