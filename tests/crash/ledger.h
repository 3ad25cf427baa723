// The ledger of the crash test: what the killed process said, line by line, and what must therefore be in the store.
//
// Each worker has one operation at a time: "B worker op id value" before it is submitted, "A worker" when acknowledged.
// A worker whose last line is B may find its operation done or not, but nothing in between.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signet::crash {

inline constexpr int kWorkers = 4;
inline constexpr int kChunkSize = 25;

enum class Op : char {
  kAdd = 'a',
  kUpdate = 'u',
  kRemove = 'r',
  kImport = 'i',
  kKey = 'k',
  kNote = 'n',
  kRecords = 'd'
};

struct Step {
  Op op{};
  std::string id;      // client, kid or import
  uint64_t value = 0;  // ttl, or chunk number
};

// What the store holds of interest, as expected or as found.
struct Contents {
  std::map<std::string, uint64_t> clients;  // id -> ttl
  std::map<std::string, int> keys;
  std::map<std::string, uint64_t> imports;  // id -> next chunk
  std::map<std::string, uint64_t> records;  // id -> value; two of each step, in one commit

  bool operator==(const Contents&) const = default;
  void apply(const Step& step);
};

class Ledger {
 public:
  // Takes the lines of one run; an unfinished last line is dropped.
  void read(std::string_view lines);
  // Compares; adopts what is found where either is allowed. Empty = agrees, else what does not.
  std::string check(const Contents& found);
  uint64_t acknowledged() const { return acknowledged_; }
  uint64_t undecided() const { return undecided_; }
  const Contents& contents() const { return contents_; }

 private:
  Contents contents_;
  std::map<int, Step> begun_;
  uint64_t acknowledged_ = 0;
  uint64_t undecided_ = 0;
};

std::string begin_line(int worker, const Step& step);
std::string acknowledge_line(int worker);
// The two records of dialects that a step puts.
std::pair<std::string, std::string> record_ids(std::string_view id);
// The ids of an import's chunk.
std::string import_client(std::string_view import, uint64_t chunk, int index);

}  // namespace signet::crash
