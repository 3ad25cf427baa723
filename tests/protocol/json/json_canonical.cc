// Reads texts from stdin, each as its size in decimal, a newline and that many octets; prints one line per text: what
// the strict reader understood, written compactly, or "refused". For the differential test.
#include <cstdio>
#include <string>
#include <vector>

#include "protocol/json/reader.h"
#include "protocol/json/writer.h"

namespace {

using namespace signet;

void write(JsonWriter& json, const JsonValue& value) {
  if (value.is_null()) return json.null();
  if (const auto boolean = value.as_boolean()) return json.boolean(*boolean);
  if (const auto integer = value.as_integer()) return json.integer(*integer);
  if (const auto number = value.as_number()) return json.number(*number);
  if (const std::string* text = value.as_string()) return json.string(*text);
  if (const auto* array = value.as_array()) {
    json.begin_array();
    for (const JsonValue& element : *array) write(json, element);
    return json.end_array();
  }
  json.begin_object();
  for (const JsonMember& member : *value.as_object()) {
    json.key_text(member.name);
    write(json, member.value);
  }
  json.end_object();
}

void answer(const std::string& text) {
  const auto value = read_json(text, {.depth_max = 16, .allow_fractions = true, .allow_nul = true});
  if (!value) {
    std::puts("refused");
    return;
  }
  std::vector<char> buffer(text.size() * 24 + 64);  // the longest form of a double is 24 octets
  JsonWriter json(buffer);
  write(json, *value);
  std::printf("%.*s\n", static_cast<int>(json.size()), json.text().data());
}

}  // namespace

int main() {
  size_t size = 0;
  while (std::scanf("%zu", &size) == 1 && std::getchar() == '\n' && size < 1'000'000) {
    std::string text(size, '\0');
    if (std::fread(text.data(), 1, size, stdin) != size) return 1;
    answer(text);
  }
  return 0;
}
