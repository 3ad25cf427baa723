// Which sanitizer is at work, for tests of what it changes: both make mlock(2) do nothing, and ThreadSanitizer's notes
// on memory are memory that is met for the first time too.
#pragma once

namespace signet {

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SIGNET_ADDRESS_SANITIZER 1
#endif
#if __has_feature(thread_sanitizer)
#define SIGNET_THREAD_SANITIZER 1
#endif
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(SIGNET_ADDRESS_SANITIZER)
inline constexpr bool kAddressSanitized = true;
#else
inline constexpr bool kAddressSanitized = false;
#endif

#if defined(__SANITIZE_THREAD__) || defined(SIGNET_THREAD_SANITIZER)
inline constexpr bool kThreadSanitized = true;
#else
inline constexpr bool kThreadSanitized = false;
#endif

inline constexpr bool kSanitized = kAddressSanitized || kThreadSanitized;

}  // namespace signet
