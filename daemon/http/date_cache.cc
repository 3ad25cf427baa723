#include "daemon/http/date_cache.h"

#include <cstring>
#include <ctime>

namespace signet::http {
namespace {

constexpr size_t kFieldSize = 37;

void put_two(char* to, int value) {
  to[0] = static_cast<char>('0' + value / 10 % 10);
  to[1] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::string_view DateCache::field() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);  // the tick's time is exact enough for whole seconds
  return field_at(now.tv_sec);
}

std::string_view DateCache::field_at(int64_t unix_seconds) {
  if (unix_seconds != formatted_s_) {
    static constexpr char kDays[] = "SunMonTueWedThuFriSat";
    static constexpr char kMonths[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const time_t instant = unix_seconds;
    tm parts{};
    gmtime_r(&instant, &parts);
    char* to = text_.data();
    std::memcpy(to, "Date: Ddd, dd Mmm yyyy hh:mm:ss GMT\r\n", kFieldSize);
    std::memcpy(to + 6, kDays + static_cast<ptrdiff_t>(parts.tm_wday) * 3, 3);
    put_two(to + 11, parts.tm_mday);
    std::memcpy(to + 14, kMonths + static_cast<ptrdiff_t>(parts.tm_mon) * 3, 3);
    const int year = parts.tm_year + 1900;
    put_two(to + 18, year / 100);
    put_two(to + 20, year % 100);
    put_two(to + 23, parts.tm_hour);
    put_two(to + 26, parts.tm_min);
    put_two(to + 29, parts.tm_sec);
    formatted_s_ = unix_seconds;
  }
  return {text_.data(), kFieldSize};
}

}  // namespace signet::http
