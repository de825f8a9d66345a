import { CLIENT, isRestored, onScreen } from "./_screen.ts";

onScreen(
  "a wrong command line is told once the screen, open already, is closed again",
  async (relay, open) => {
    const terminal = await open();
    await terminal.line(`${CLIENT} create --limit none --relay ${relay}`);
    await terminal.shows(/error: .*--limit/);
    await isRestored(terminal, { status: 2, chat: /Sotto is starting|Rooms in the terminal/ });
  },
);
