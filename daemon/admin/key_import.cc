// A key that was made elsewhere.
#include <fmt/format.h>

#include "daemon/admin/key_json.h"
#include "daemon/admin/key_request.h"
#include "daemon/admin/routes.h"
#include "protocol/base/base64url.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

constexpr size_t kMaterialSizeMax = size_t{16} * 1024;

struct ImportRequest {
  KeyRequest key;
  SecretBytes material;
};

std::string read_material(const JsonValue& value, SecretBytes& to) {
  const std::string* text = value.as_string();
  if (text == nullptr || text->empty() || text->size() > base64url_encoded_size(kMaterialSizeMax)) {
    return "material: expected base64url of PKCS#8, or of an HMAC secret";
  }
  SecretBytes octets(base64url_decoded_size_max(text->size()));
  const auto size = base64url_decode(*text, octets.expose_mutable());
  if (!size) return "material: not base64url";
  to = SecretBytes::copy_of(octets.expose().first(*size));
  return {};
}

std::expected<ImportRequest, std::string> read_import(const JsonValue& body) {
  ImportRequest request;
  for (const JsonMember& member : *body.as_object()) {
    const std::string error = member.name == "material" ? read_material(member.value, request.material)
                                                        : read_key_member(member, request.key);
    if (!error.empty()) return std::unexpected(error);
  }
  if (body.find("alg") == nullptr) return std::unexpected("alg is required");
  if (request.material.empty()) return std::unexpected("material is required");
  if (request.key.purpose.bits != 0) return std::unexpected("bits: the key has the size that it has");
  if (std::string error = key_request_fault(request.key); !error.empty()) return std::unexpected(std::move(error));
  return request;
}

}  // namespace

void import_key(AdminService& admin, const AdminRequest& request) {
  auto read = read_import(request.body);
  if (!read) return admin.refuse(request.id, AdminErrorKind::kInvalid, read.error());
  const TenantKeys* tenant = admin.tenant_named(read->key.tenant);
  if (tenant == nullptr) {
    return admin.refuse(request.id, AdminErrorKind::kNotFound, no_tenant_text(read->key.tenant));
  }
  auto done = [&admin, id = request.id, name = tenant->name](KeyRow& row) {
    const KeyView view = key_view(name, row, admin.keystore().clock_skew_s());
    admin.answer(id, {.status = 201, .body = write_json([&](JsonWriter& json) { write_key(json, view); })});
  };
  admin.keystore().import_key(request.actor, tenant->tenant, std::move(read->key.purpose), std::move(read->material),
                              admin.then<KeyRow>(request.id, done));
}

}  // namespace signet
