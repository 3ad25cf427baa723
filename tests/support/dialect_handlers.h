// handlers_of: the functions that a dialect's file names, for who reads one without the daemon that has them.
#pragma once

#include <string_view>
#include <vector>

namespace signet::testing_support {

inline std::vector<std::string_view> handlers_of(std::string_view text) {
  constexpr std::string_view kKey = "\nhandler = \"";
  std::vector<std::string_view> handlers;
  for (size_t at = text.find(kKey); at != std::string_view::npos; at = text.find(kKey, at)) {
    at += kKey.size();
    const std::string_view name = text.substr(at, text.find('"', at) - at);
    if (name != "issue" && name != "answer") handlers.push_back(name);
  }
  return handlers;
}

}  // namespace signet::testing_support
