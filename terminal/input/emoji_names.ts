/**
 * Emoji by the names that other chats have made common. A small table: a package with all names costs 15 MB and 14 ms,
 * and an emoji that is missing here can still be typed or pasted.
 *
 * @module
 */

/** Name and emoji, by kind; the first name of an emoji is the common one. */
const TABLE: readonly string[] = [
  // faces
  "grinning 😀, smiley 😃, smile 😄, grin 😁, laughing 😆, sweat_smile 😅, rofl 🤣, joy 😂",
  "slightly_smiling_face 🙂, upside_down_face 🙃, wink 😉, blush 😊, innocent 😇",
  "smiling_face_with_three_hearts 🥰, heart_eyes 😍, star_struck 🤩, kissing_heart 😘, yum 😋",
  "stuck_out_tongue 😛, stuck_out_tongue_winking_eye 😜, zany_face 🤪, money_mouth_face 🤑, hugs 🤗",
  "hand_over_mouth 🤭, shushing_face 🤫, thinking 🤔, zipper_mouth_face 🤐, raised_eyebrow 🤨",
  "neutral_face 😐, expressionless 😑, no_mouth 😶, smirk 😏, unamused 😒, roll_eyes 🙄",
  "grimacing 😬, lying_face 🤥, relieved 😌, pensive 😔, sleepy 😪, drooling_face 🤤, sleeping 😴",
  "mask 😷, nauseated_face 🤢, vomiting_face 🤮, sneezing_face 🤧, hot_face 🥵, cold_face 🥶",
  "woozy_face 🥴, dizzy_face 😵, exploding_head 🤯, cowboy_hat_face 🤠, partying_face 🥳",
  "sunglasses 😎, nerd_face 🤓, monocle_face 🧐, confused 😕, worried 😟, slightly_frowning_face 🙁",
  "open_mouth 😮, astonished 😲, flushed 😳, pleading_face 🥺, fearful 😨, cold_sweat 😰, cry 😢",
  "sob 😭, scream 😱, confounded 😖, disappointed 😞, sweat 😓, weary 😩, tired_face 😫",
  "yawning_face 🥱, triumph 😤, rage 😡, angry 😠, cursing_face 🤬, smiling_imp 😈, skull 💀",
  "hankey 💩, clown_face 🤡, ghost 👻, alien 👽, robot 🤖, smiley_cat 😺, see_no_evil 🙈",
  "hear_no_evil 🙉, speak_no_evil 🙊, melting_face 🫠, saluting_face 🫡",
  // hands
  "wave 👋, raised_hand ✋, vulcan_salute 🖖, ok_hand 👌, pinching_hand 🤏, v ✌️, crossed_fingers 🤞",
  "love_you_gesture 🤟, metal 🤘, call_me_hand 🤙, point_left 👈, point_right 👉, point_up_2 👆",
  "point_down 👇, middle_finger 🖕, +1 👍, thumbsup 👍, -1 👎, thumbsdown 👎, fist ✊",
  "fist_oncoming 👊, clap 👏, raised_hands 🙌, open_hands 👐, handshake 🤝, pray 🙏",
  "writing_hand ✍️, muscle 💪, ear 👂, eyes 👀, eye 👁️, brain 🧠, tongue 👅, lips 👄, shrug 🤷",
  "facepalm 🤦, raising_hand 🙋, bow 🙇, walking 🚶, running 🏃, dancer 💃, heart_hands 🫶",
  // hearts
  "heart ❤️, orange_heart 🧡, yellow_heart 💛, green_heart 💚, blue_heart 💙, purple_heart 💜",
  "black_heart 🖤, white_heart 🤍, brown_heart 🤎, broken_heart 💔, two_hearts 💕",
  "sparkling_heart 💖, heartpulse 💗, cupid 💘, kiss 💋, 100 💯, anger 💢, boom 💥, dizzy 💫",
  "sweat_drops 💦, dash 💨, hole 🕳️, speech_balloon 💬, thought_balloon 💭, zzz 💤",
  // animals
  "dog 🐶, cat 🐱, mouse 🐭, rabbit 🐰, fox_face 🦊, bear 🐻, panda_face 🐼, koala 🐨, tiger 🐯",
  "lion 🦁, cow 🐮, pig 🐷, frog 🐸, monkey 🐒, chicken 🐔, penguin 🐧, bird 🐦, duck 🦆, eagle 🦅",
  "owl 🦉, wolf 🐺, horse 🐴, unicorn 🦄, bee 🐝, bug 🐛, butterfly 🦋, snail 🐌, lady_beetle 🐞",
  "ant 🐜, spider 🕷️, turtle 🐢, snake 🐍, octopus 🐙, crab 🦀, fish 🐟, dolphin 🐬, whale 🐳",
  "shark 🦈, elephant 🐘, goat 🐐, sheep 🐑, hedgehog 🦔, bat 🦇, sloth 🦥, otter 🦦, t-rex 🦖",
  "dragon 🐉",
  // plants
  "bouquet 💐, cherry_blossom 🌸, rose 🌹, sunflower 🌻, tulip 🌷, seedling 🌱, evergreen_tree 🌲",
  "deciduous_tree 🌳, palm_tree 🌴, cactus 🌵, herb 🌿, four_leaf_clover 🍀, maple_leaf 🍁",
  "mushroom 🍄",
  // food
  "apple 🍎, banana 🍌, grapes 🍇, watermelon 🍉, lemon 🍋, strawberry 🍓, cherries 🍒, peach 🍑",
  "pineapple 🍍, avocado 🥑, tomato 🍅, eggplant 🍆, carrot 🥕, corn 🌽, hot_pepper 🌶️, garlic 🧄",
  "potato 🥔, bread 🍞, croissant 🥐, pretzel 🥨, cheese 🧀, egg 🥚, bacon 🥓, pancakes 🥞",
  "hamburger 🍔, fries 🍟, pizza 🍕, hotdog 🌭, sandwich 🥪, taco 🌮, burrito 🌯, sushi 🍣",
  "ramen 🍜, spaghetti 🍝, curry 🍛, rice 🍚, cookie 🍪, cake 🍰, birthday 🎂, chocolate_bar 🍫",
  "candy 🍬, doughnut 🍩, icecream 🍦, honey_pot 🍯, coffee ☕, tea 🍵, beer 🍺, beers 🍻",
  "wine_glass 🍷, cocktail 🍸, clinking_glasses 🥂, champagne 🍾, popcorn 🍿, salt 🧂",
  // nature
  "sunny ☀️, partly_sunny ⛅, cloud ☁️, umbrella ☔, zap ⚡, snowflake ❄️, snowman ⛄, fire 🔥",
  "droplet 💧, ocean 🌊, rainbow 🌈, star ⭐, star2 🌟, sparkles ✨, sun_with_face 🌞, full_moon 🌕",
  "crescent_moon 🌙, earth_africa 🌍, comet ☄️",
  // things
  "tada 🎉, balloon 🎈, gift 🎁, trophy 🏆, medal_sports 🏅, 1st_place_medal 🥇, soccer ⚽",
  "basketball 🏀, dart 🎯, game_die 🎲, video_game 🎮, guitar 🎸, musical_note 🎵, notes 🎶, art 🎨",
  "performing_arts 🎭, movie_camera 🎥, camera 📷, tv 📺, radio 📻, computer 💻, keyboard ⌨️",
  "floppy_disk 💾, phone ☎️, battery 🔋, electric_plug 🔌, bulb 💡, flashlight 🔦, mag 🔍, lock 🔒",
  "unlock 🔓, key 🔑, hammer 🔨, wrench 🔧, gear ⚙️, shield 🛡️, bomb 💣, link 🔗, paperclip 📎",
  "scissors ✂️, pushpin 📌, memo 📝, pencil2 ✏️, book 📖, books 📚, newspaper 📰, envelope ✉️",
  "email 📧, package 📦, mailbox 📫, calendar 📆, chart_with_upwards_trend 📈, bar_chart 📊",
  "clipboard 📋, wastebasket 🗑️, moneybag 💰, dollar 💵, credit_card 💳, gem 💎, hourglass ⌛",
  "alarm_clock ⏰, stopwatch ⏱️, bell 🔔, no_bell 🔕, loudspeaker 📢, mega 📣, door 🚪, bed 🛏️",
  "house 🏠, office 🏢, car 🚗, taxi 🚕, bus 🚌, bike 🚲, train 🚋, airplane ✈️, rocket 🚀, ship 🚢",
  "anchor ⚓, construction 🚧, traffic_light 🚥, checkered_flag 🏁, world_map 🗺️, tent ⛺, crown 👑",
  "ring 💍, eyeglasses 👓, tophat 🎩, pill 💊, syringe 💉, dna 🧬, microscope 🔬, telescope 🔭",
  "satellite 📡, test_tube 🧪, sos 🆘",
  // signs
  "white_check_mark ✅, heavy_check_mark ✔️, x ❌, o ⭕, question ❓, exclamation ❗, bangbang ‼️",
  "interrobang ⁉️, warning ⚠️, no_entry ⛔, no_entry_sign 🚫, stop_sign 🛑, recycle ♻️, infinity ♾️",
  "arrow_up ⬆️, arrow_down ⬇️, arrow_left ⬅️, arrow_right ➡️, arrows_counterclockwise 🔄, back 🔙",
  "soon 🔜, top 🔝, red_circle 🔴, orange_circle 🟠, yellow_circle 🟡, green_circle 🟢",
  "large_blue_circle 🔵, purple_circle 🟣, black_circle ⚫, white_circle ⚪, heavy_plus_sign ➕",
  "heavy_minus_sign ➖, information_source ℹ️, new 🆕, ok 🆗, up 🆙, cool 🆒, free 🆓, hash #️⃣",
  "zero 0️⃣, one 1️⃣, two 2️⃣, three 3️⃣, four 4️⃣, five 5️⃣, six 6️⃣, seven 7️⃣, eight 8️⃣",
  "nine 9️⃣, keycap_ten 🔟, rainbow_flag 🏳️‍🌈, pirate_flag 🏴‍☠️, white_flag 🏳️",
];

/** Further names of the same emoji. */
const ALSO =
  "yes thumbsup, no thumbsdown, lol joy, haha laughing, love heart, hi wave, bye wave, thanks pray, party tada, " +
  "check white_check_mark, cross x, idea bulb, look eyes, sad cry, happy smile, poop hankey, hug hugs, think thinking";

let known: ReadonlyMap<string, string> | null = null;

/** Emoji by name, without the colons; read when first asked for. */
export function emojiNames(): ReadonlyMap<string, string> {
  return known ??= read();
}

function read(): Map<string, string> {
  const names = new Map(TABLE.flatMap((line) => line.split(", ")).map(pair));
  for (const [name, of] of ALSO.split(", ").map(pair)) names.set(name, names.get(of) ?? "");
  return names;
}

function pair(entry: string): [string, string] {
  const [name = "", value = ""] = entry.split(" ");
  return [name, value];
}
