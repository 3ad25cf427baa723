#include "keystore/pkcs11/pkcs11_session.h"

#include <algorithm>

#include "protocol/base/digest.h"

namespace signet {
namespace {

using Kind = Pkcs11Failure::Kind;

// The library writes through none of these, but the standard's types do not say so.
CK_BYTE_PTR mutable_octets(ByteSpan octets) { return const_cast<CK_BYTE_PTR>(octets.data()); }

struct SigningMechanism {
  CK_MECHANISM mechanism{};
  CK_RSA_PKCS_PSS_PARAMS pss{};
  bool hashed = false;  // the token is given the SHA-256 of the message
};

void choose(JwsAlgorithm algorithm, SigningMechanism& to) {
  switch (algorithm) {
    case JwsAlgorithm::kES256:
      to.mechanism.mechanism = CKM_ECDSA;
      to.hashed = true;
      return;
    case JwsAlgorithm::kRS256:
      to.mechanism.mechanism = CKM_SHA256_RSA_PKCS;
      return;
    case JwsAlgorithm::kPS256:
      // RFC 7518 3.5: MGF1 with SHA-256, a salt as long as the hash.
      to.pss = {.hashAlg = CKM_SHA256, .mgf = CKG_MGF1_SHA256, .sLen = 32};
      to.mechanism = {.mechanism = CKM_SHA256_RSA_PKCS_PSS, .pParameter = &to.pss, .ulParameterLen = sizeof to.pss};
      return;
    default:
      to.mechanism.mechanism = CKM_EDDSA;  // Ed25519 itself, without parameters
  }
}

}  // namespace

Pkcs11Result<Pkcs11Session> Pkcs11Session::open(CK_FUNCTION_LIST& functions, CK_SLOT_ID slot, Access access) {
  const CK_FLAGS flags = CKF_SERIAL_SESSION | (access == Access::kWrite ? CKF_RW_SESSION : CK_FLAGS{0});
  CK_SESSION_HANDLE handle = CK_INVALID_HANDLE;
  const CK_RV code = functions.C_OpenSession(slot, flags, nullptr, nullptr, &handle);
  if (code != CKR_OK) return std::unexpected(pkcs11_failure("C_OpenSession", code));
  return Pkcs11Session(functions, handle);
}

Pkcs11Session& Pkcs11Session::operator=(Pkcs11Session&& other) noexcept {
  if (this == &other) return *this;
  close();
  functions_ = other.functions_;
  handle_ = std::exchange(other.handle_, CK_INVALID_HANDLE);
  return *this;
}

void Pkcs11Session::close() {
  if (handle_ != CK_INVALID_HANDLE) functions_->C_CloseSession(std::exchange(handle_, CK_INVALID_HANDLE));
}

bool Pkcs11Session::logged_in() const {
  CK_SESSION_INFO info{};
  if (functions_->C_GetSessionInfo(handle_, &info) != CKR_OK) return false;
  return info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS;
}

Pkcs11Result<void> Pkcs11Session::login(ByteSpan pin) {
  const CK_RV code = functions_->C_Login(handle_, CKU_USER, mutable_octets(pin), pin.size());
  if (code == CKR_OK || code == CKR_USER_ALREADY_LOGGED_IN) return {};
  return std::unexpected(pkcs11_failure("C_Login", code));
}

Pkcs11Result<std::vector<CK_OBJECT_HANDLE>> Pkcs11Session::find(CK_OBJECT_CLASS of_class, ByteSpan id,
                                                                size_t count_max) {
  CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &of_class, sizeof of_class}, {CKA_ID, mutable_octets(id), id.size()}};
  if (const CK_RV code = functions_->C_FindObjectsInit(handle_, wanted, std::size(wanted)); code != CKR_OK) {
    return std::unexpected(pkcs11_failure("C_FindObjectsInit", code));
  }
  std::vector<CK_OBJECT_HANDLE> found(count_max);
  CK_ULONG count = 0;
  const CK_RV code = functions_->C_FindObjects(handle_, found.data(), found.size(), &count);
  functions_->C_FindObjectsFinal(handle_);
  if (code != CKR_OK) return std::unexpected(pkcs11_failure("C_FindObjects", code));
  found.resize(std::min<size_t>(count, count_max));
  return found;
}

Pkcs11Result<std::vector<uint8_t>> Pkcs11Session::octets(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE attribute) {
  constexpr size_t kSizeMax = 4096;  // far above a modulus of 4096 bits
  CK_ATTRIBUTE value{attribute, nullptr, 0};
  CK_RV code = functions_->C_GetAttributeValue(handle_, object, &value, 1);
  if (code != CKR_OK) return std::unexpected(pkcs11_failure("C_GetAttributeValue", code));
  if (value.ulValueLen > kSizeMax) return std::unexpected(pkcs11_failure("C_GetAttributeValue", CKR_DATA_LEN_RANGE));
  std::vector<uint8_t> out(value.ulValueLen);
  value.pValue = out.data();
  code = functions_->C_GetAttributeValue(handle_, object, &value, 1);
  if (code != CKR_OK || value.ulValueLen > out.size()) {
    return std::unexpected(pkcs11_failure("C_GetAttributeValue", code == CKR_OK ? CKR_DATA_LEN_RANGE : code));
  }
  out.resize(value.ulValueLen);
  return out;
}

Pkcs11Result<CK_ULONG> Pkcs11Session::number(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE attribute) {
  CK_ULONG number = 0;
  CK_ATTRIBUTE value{attribute, &number, sizeof number};
  const CK_RV code = functions_->C_GetAttributeValue(handle_, object, &value, 1);
  if (code != CKR_OK || value.ulValueLen != sizeof number) {
    return std::unexpected(pkcs11_failure("C_GetAttributeValue", code == CKR_OK ? CKR_DATA_LEN_RANGE : code));
  }
  return number;
}

Pkcs11Result<std::optional<bool>> Pkcs11Session::flag(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE attribute) {
  CK_BBOOL set = CK_FALSE;
  CK_ATTRIBUTE value{attribute, &set, sizeof set};
  const CK_RV code = functions_->C_GetAttributeValue(handle_, object, &value, 1);
  if (code == CKR_ATTRIBUTE_TYPE_INVALID) return std::optional<bool>();
  if (code != CKR_OK) return std::unexpected(pkcs11_failure("C_GetAttributeValue", code));
  return std::optional(set != CK_FALSE);
}

Pkcs11Result<size_t> Pkcs11Session::sign(CK_OBJECT_HANDLE key, JwsAlgorithm algorithm, ByteSpan input,
                                         MutableByteSpan out) {
  SigningMechanism how;
  choose(algorithm, how);
  const Sha256Digest digest = how.hashed ? sha256(input) : Sha256Digest{};
  const ByteSpan data = how.hashed ? ByteSpan(digest) : input;
  if (const CK_RV code = functions_->C_SignInit(handle_, &how.mechanism, key); code != CKR_OK) {
    return std::unexpected(pkcs11_failure("C_SignInit", code));
  }
  CK_ULONG size = out.size();
  if (const CK_RV code = functions_->C_Sign(handle_, mutable_octets(data), data.size(), out.data(), &size);
      code != CKR_OK) {
    return std::unexpected(pkcs11_failure("C_Sign", code));
  }
  return static_cast<size_t>(size);
}

}  // namespace signet
