#include "tests/crash/ledger.h"

#include <fmt/format.h>

#include <sstream>

namespace signet::crash {

std::string begin_line(int worker, const Step& step) {
  return fmt::format("B {} {} {} {}\n", worker, static_cast<char>(step.op), step.id, step.value);
}
std::string acknowledge_line(int worker) { return fmt::format("A {}\n", worker); }
std::string import_client(std::string_view import, uint64_t chunk, int index) {
  return fmt::format("{}-{}-{}", import, chunk, index);
}

std::pair<std::string, std::string> record_ids(std::string_view id) {
  return {fmt::format("{}-one", id), fmt::format("{}-two", id)};
}

void Contents::apply(const Step& step) {
  switch (step.op) {
    case Op::kAdd:
    case Op::kUpdate:
      clients[step.id] = step.value;
      break;
    case Op::kRemove:
      clients.erase(step.id);
      break;
    case Op::kKey:
      keys[step.id] = 1;
      break;
    case Op::kNote:
      break;
    case Op::kRecords:
      records[record_ids(step.id).first] = step.value;
      records[record_ids(step.id).second] = step.value;
      break;
    case Op::kImport:
      for (int i = 0; i < kChunkSize; ++i) clients[import_client(step.id, step.value, i)] = step.value;
      imports[step.id] = step.value + 1;
      break;
  }
}

void Ledger::read(std::string_view lines) {
  std::istringstream in{std::string(lines.substr(0, lines.rfind('\n') + 1))};
  std::string line;
  while (std::getline(in, line)) {
    std::istringstream words(line);
    char kind = 0;
    int worker = 0;
    words >> kind >> worker;
    if (kind == 'B') {
      char op = 0;
      Step step;
      words >> op >> step.id >> step.value;
      step.op = static_cast<Op>(op);
      begun_[worker] = step;
    } else if (kind == 'A') {
      contents_.apply(begun_.at(worker));
      begun_.erase(worker);
      ++acknowledged_;
    }
  }
}

std::string Ledger::check(const Contents& found) {
  for (const auto& [worker, step] : begun_) {
    // Either is right, but all of it: what was found decides, and the comparison below covers every row of it.
    Contents after = contents_;
    after.apply(step);
    const bool done = [&] {
      if (step.op == Op::kImport) return found.imports.contains(step.id) && found.imports.at(step.id) > step.value;
      if (step.op == Op::kRecords) {
        const auto at = found.records.find(record_ids(step.id).first);
        return at != found.records.end() && at->second == step.value;
      }
      if (step.op == Op::kKey) return found.keys.contains(step.id);
      const auto now = found.clients.find(step.id);
      const auto then = after.clients.find(step.id);
      if (then == after.clients.end()) return now == found.clients.end();
      return now != found.clients.end() && now->second == then->second;
    }();
    if (done) contents_ = std::move(after);
    ++undecided_;
  }
  begun_.clear();
  if (found == contents_) return {};
  for (const auto& [id, ttl] : contents_.clients) {
    const auto at = found.clients.find(id);
    if (at == found.clients.end()) return fmt::format("client {} is lost", id);
    if (at->second != ttl) return fmt::format("client {} has ttl {}, acknowledged was {}", id, at->second, ttl);
  }
  for (const auto& [id, ttl] : found.clients) {
    if (!contents_.clients.contains(id)) return fmt::format("client {} is there, but should not be", id);
  }
  if (found.keys != contents_.keys) return "keys differ";
  if (found.records != contents_.records) return "records of dialects differ, or only one of two was changed";
  return "the progress of an import differs";
}

}  // namespace signet::crash
