// A net under the played controllers: they run by themselves, so that nobody catches what one of them throws. Such a bug is told to whoever
// runs the server, in the same words once, and everything else goes on.

export type Guarded = (what: string, act: () => void) => void;

/** After so many different ones nothing more is told. */
const mostTold = 100;

export function guard(tell: (message: string) => void = (message) => process.emitWarning(message)): Guarded {
  const told = new Set<string>();
  return (what, act) => {
    try {
      act();
    } catch (error) {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (told.has(why) || told.size >= mostTold) return;
      told.add(why);
      tell(`simulated controllers: ${what}: ${why}`);
    }
  };
}
