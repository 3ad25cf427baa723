#include "keystore/backup/backup_manifest.h"

#include <algorithm>
#include <numeric>

#include "protocol/base/base64url.h"
#include "protocol/base/check.h"
#include "protocol/json/reader.h"
#include "protocol/json/writer.h"

namespace signet {
namespace {

constexpr int64_t kFormat = 1;
constexpr std::string_view kSealFamily = "backup";
constexpr size_t kManifestSizeMax = size_t{256} << 20;

std::string text_of(ByteSpan octets) { return base64url_text(octets); }

bool octets_of(const std::string* text, std::vector<uint8_t>& to) {
  if (text == nullptr) return false;
  to.resize(base64url_decoded_size_max(text->size()));
  const auto size = base64url_decode(*text, to);
  if (size) to.resize(*size);
  return size.has_value();
}

template <size_t kSize>
bool octets_of(const std::string* text, std::array<uint8_t, kSize>& to) {
  std::vector<uint8_t> octets;
  if (!octets_of(text, octets) || octets.size() != kSize) return false;
  std::ranges::copy(octets, to.begin());
  return true;
}

bool number_of(const JsonValue& from, std::string_view name, uint64_t& to) {
  const JsonValue* value = from.find(name);
  const auto number = value == nullptr ? std::nullopt : value->as_integer();
  if (number && *number >= 0) to = static_cast<uint64_t>(*number);
  return number && *number >= 0;
}

// A name that leads out of the directory would let a restore read, or a deletion reach, something else.
bool is_file_name(std::string_view name) {
  const bool ordinary = std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7F && c != '\\'; });
  return ordinary && !name.empty() && name.size() <= 512 && name.front() != '/' && name.find("..") == name.npos;
}

void write_file(JsonWriter& json, const BackupFile& file) {
  json.begin_object();
  json.member("name", file.name);
  json.key("size"), json.unsigned_integer(file.size);
  json.member("sha256", text_of(file.sha256));
  json.end_object();
}

bool read_files(const JsonValue& from, std::vector<BackupFile>& to) {
  const JsonValue* files = from.find("files");
  if (files == nullptr || files->as_array() == nullptr) return false;
  for (const JsonValue& value : *files->as_array()) {
    BackupFile file;
    const std::string* name = value.find_string("name");
    if (name == nullptr || !is_file_name(*name) || !number_of(value, "size", file.size) ||
        !octets_of(value.find_string("sha256"), file.sha256)) {
      return false;
    }
    file.name = *name;
    to.push_back(std::move(file));
  }
  return true;
}

std::string content_of(const BackupManifest& manifest) {
  std::string text(4096 + manifest.vault_file.size() * 2 + manifest.files.size() * 700, '\0');
  JsonWriter json(text);
  json.begin_object();
  json.member_integer("format", kFormat);
  json.member_integer("number", manifest.number);
  json.member_integer("created_at", manifest.created_at);
  json.member("version", manifest.version);
  json.member("vault_id", text_of(manifest.vault_id));
  json.member("store_id", text_of(manifest.store_id));
  json.key("commit"), json.unsigned_integer(manifest.commit);
  json.member("chain_hash", text_of(manifest.chain_hash));
  json.key("audit_sequence"), json.unsigned_integer(manifest.audit_sequence);
  json.member("audit_hash", text_of(manifest.audit_hash));
  json.member("vault", text_of(manifest.vault_file));
  json.key("files");
  json.begin_array();
  for (const BackupFile& file : manifest.files) write_file(json, file);
  json.end_array();
  json.end_object();
  SIGNET_CHECK(!json.overflowed());
  text.resize(json.size());
  return text;
}

bool read_content(const JsonValue& from, BackupManifest& to) {
  uint64_t number = 0;
  uint64_t created_at = 0;
  const std::string* version = from.find_string("version");
  const bool read = version != nullptr && number_of(from, "number", number) && number >= 1 && number <= UINT32_MAX &&
                    number_of(from, "created_at", created_at) && octets_of(from.find_string("vault_id"), to.vault_id) &&
                    octets_of(from.find_string("store_id"), to.store_id) && number_of(from, "commit", to.commit) &&
                    octets_of(from.find_string("chain_hash"), to.chain_hash) &&
                    number_of(from, "audit_sequence", to.audit_sequence) &&
                    octets_of(from.find_string("audit_hash"), to.audit_hash) &&
                    octets_of(from.find_string("vault"), to.vault_file) && read_files(from, to.files);
  if (!read) return false;
  to.number = static_cast<uint32_t>(number);
  to.created_at = static_cast<UnixSeconds>(created_at);
  to.version = *version;
  return true;
}

}  // namespace

uint64_t BackupManifest::octets() const {
  return std::accumulate(files.begin(), files.end(), uint64_t{0},
                         [](uint64_t sum, const BackupFile& file) { return sum + file.size; });
}

std::expected<std::string, VaultError> seal_manifest(const BackupManifest& manifest, const Vault& vault) {
  std::string text = content_of(manifest);
  const Sha256Digest digest = sha256(as_bytes(text));
  const auto seal = vault.seal_cell({.family = kSealFamily, .row = digest, .version = manifest.number}, digest);
  if (!seal) return std::unexpected(seal.error());
  return text + "\n" + text_of(*seal) + "\n";
}

std::expected<SealedManifest, std::string> read_manifest(std::string_view text) {
  const size_t end = text.find('\n');
  if (end == text.npos || !text.ends_with('\n') || text.size() < end + 2) {
    return std::unexpected("it is cut short");
  }
  SealedManifest sealed{.manifest = {}, .content = std::string(text.substr(0, end)), .seal = {}};
  const std::string seal(text.substr(end + 1, text.size() - end - 2));
  if (!octets_of(&seal, sealed.seal)) return std::unexpected("its seal cannot be read");
  const auto value = read_json(sealed.content, {.size_max = kManifestSizeMax});
  if (!value) return std::unexpected(describe(value.error()));
  uint64_t format = 0;
  if (!number_of(*value, "format", format)) return std::unexpected("it has no format");
  if (format != kFormat) return std::unexpected("a later version of the program wrote it");
  if (!read_content(*value, sealed.manifest)) return std::unexpected("a member is missing or cannot be read");
  return sealed;
}

bool manifest_is_authentic(const SealedManifest& sealed, const Vault& vault) {
  const Sha256Digest digest = sha256(as_bytes(sealed.content));
  const CellPlace place{.family = kSealFamily, .row = digest, .version = sealed.manifest.number};
  return vault.open_cell(place, sealed.seal).has_value();
}

}  // namespace signet
