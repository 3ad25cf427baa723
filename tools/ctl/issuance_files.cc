#include "tools/ctl/issuance_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

namespace signet::ctl {
namespace {

// Where the chain of the first file that is there begins: at its word, since those before it were taken elsewhere.
std::expected<ChainStart, std::string> start_of(const std::string& path) {
  const std::string line = first_line_of(path);
  const uint64_t number = line_number_of(line);
  const auto read = read_answer(line);
  const auto before = read ? parse_chain_text(text_of(*read, "before")) : std::nullopt;
  if (number == 0 || !before) return std::unexpected("line 1 is damaged: it does not say what the file follows");
  return ChainStart{number - 1, *before};
}

}  // namespace

void IssuancePlaces::take(const JsonValue& record) {
  if (text_of(record, "what") == "issuance-log.begin") return places_.clear();
  const JsonValue* after = record.find("after");
  if (after == nullptr) return;
  places_.push_back({text_of(*after, "file"), number_of(*after, "line"), text_of(*after, "chain")});
}

std::vector<std::string> issuance_paths(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("issuance-") && name.ends_with(".jsonl")) paths.push_back(entry.path().string());
  }
  std::ranges::sort(paths);
  return paths;
}

std::expected<IssuanceReport, Failure> check_issuance_files(const std::vector<std::string>& paths,
                                                            const std::vector<IssuancePlace>& places,
                                                            const std::function<void(uint64_t)>& progress) {
  std::map<uint64_t, const IssuancePlace*> wanted;
  for (const IssuancePlace& place : places) wanted[place.line] = &place;
  IssuanceReport report;
  const auto fault = [&](const std::string& path, const std::string& text) {
    report.fault = path + ": " + text;
    return report;
  };
  ChainStart at;
  uint64_t octets_before = 0;
  for (const std::string& path : paths) {
    if (report.files == 0) {
      const auto start = start_of(path);
      if (!start) return fault(path, start.error());
      at = *start;
      report.first = at.number + 1;
    }
    std::string cut;
    const auto take = [&](std::string_view line, uint64_t octets) {
      if (progress) progress(octets_before + octets);
      const auto place = wanted.find(line_number_of(line));
      if (place == wanted.end() || chain_text(*LineChain::hash_of(line)) == place->second->chain) return;
      if (cut.empty()) cut = fmt::format("number {} is not the line that the audit log knows", place->first);
    };
    const auto file = read_chained_file(path, at, take);
    if (!file) return std::unexpected(file.error());
    report.last = file->number;
    report.chain = chain_text(file->hash);
    if (!file->fault.empty()) return fault(path, file->fault);
    if (!cut.empty()) return fault(path, cut);
    at = {file->number, file->hash};
    octets_before += file->octets;
    ++report.files;
  }
  if (!wanted.empty() && wanted.rbegin()->first > report.last) {
    const IssuancePlace& place = *wanted.rbegin()->second;
    return fault(place.file, fmt::format("the audit log knows of line {}, and the files end at {}: lines are missing",
                                         place.line, report.last));
  }
  return report;
}

}  // namespace signet::ctl
