// SIGNET_LANES_INLINE: what the layers of the lanes are made of. A layer that is not inlined passes its vectors through
// memory, and an instruction set that a file was compiled for must not leak into functions that other files share. Over
// emulated vectors neither matters, and inlining everything would keep the compiler busy for a minute.
#pragma once

#if defined(SIGNET_LANES_EMULATED)
#define SIGNET_LANES_INLINE inline
#else
#define SIGNET_LANES_INLINE [[gnu::always_inline]] inline
#endif
