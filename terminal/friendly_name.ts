/** Nicknames for those who do not choose one. @module */

const HOW =
  "amber bold brave brisk calm clever copper cosy deft eager early easy fair fond free gentle glad golden grand happy hardy hazel humble jolly keen kind late light lively lucky mellow merry mild misty neat nimble noble olive patient plain plucky polite proud quick quiet rapid ready rosy rustic silent silver sly snug solid spry steady still sunny swift tidy tiny true vivid warm wild wise witty"
    .split(" ");
const WHO =
  "badger bat bear beaver bison boar cat crane crow deer dove duck eagle egret elk falcon ferret finch fox frog gecko goat goose hare hawk heron horse ibex jay kestrel kite koala lark lemur linnet lion lizard lynx magpie marten mole moose mouse newt orca oriole otter owl panda parrot pony puffin quail rabbit raven robin seal sheep shrew snipe squid stoat stork swan swift tiger toad trout turtle viper weasel whale wolf wren yak"
    .split(" ");

/**
 * Makes up a nickname such as `quiet-otter`.
 *
 * @param random Gives a number of at least 0 and less than 1. It names nobody's secret, so any source will do.
 */
export function friendlyName(random: () => number = Math.random): string {
  const pick = (words: string[]): string => words[Math.floor(random() * words.length)] ?? "otter";
  return `${pick(HOW)}-${pick(WHO)}`;
}
