// Pkcs11Session: one session with a token, closed with the object, and what keys need of it.
#pragma once

#include <p11-kit/pkcs11.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "keystore/pkcs11/pkcs11_error.h"
#include "protocol/base/bytes.h"
#include "protocol/jose/algorithm.h"

namespace signet {

// Thread rule: one thread at a time. Every call blocks for as long as the token takes.
class Pkcs11Session {
 public:
  enum class Access : uint8_t { kRead, kWrite };  // kWrite: objects may be made, changed and destroyed
  static Pkcs11Result<Pkcs11Session> open(CK_FUNCTION_LIST& functions, CK_SLOT_ID slot, Access access);
  Pkcs11Session(Pkcs11Session&& other) noexcept
      : functions_(other.functions_), handle_(std::exchange(other.handle_, CK_INVALID_HANDLE)) {}
  Pkcs11Session& operator=(Pkcs11Session&& other) noexcept;
  ~Pkcs11Session() { close(); }

  // logged_in asks the token, since somebody may have pulled and put it back.
  bool logged_in() const;
  // login: success too when another session of this process did it. `pin` is not kept here.
  Pkcs11Result<void> login(ByteSpan pin);
  // abandon forgets the session without closing it: the token has closed it, and its number may be another's by now.
  void abandon() { handle_ = CK_INVALID_HANDLE; }

  // find: the objects of a class with this CKA_ID, at most `count_max`.
  Pkcs11Result<std::vector<CK_OBJECT_HANDLE>> find(CK_OBJECT_CLASS of_class, ByteSpan id, size_t count_max);
  Pkcs11Result<std::vector<uint8_t>> octets(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE attribute);
  Pkcs11Result<CK_ULONG> number(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE attribute);
  // flag: nothing when the object has no such attribute.
  Pkcs11Result<std::optional<bool>> flag(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE attribute);
  // sign gives the signature in the raw form of JWS, its size in octets.
  Pkcs11Result<size_t> sign(CK_OBJECT_HANDLE key, JwsAlgorithm algorithm, ByteSpan input, MutableByteSpan out);

  CK_FUNCTION_LIST& functions() { return *functions_; }
  CK_SESSION_HANDLE handle() const { return handle_; }

 private:
  Pkcs11Session(CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE handle) : functions_(&functions), handle_(handle) {}
  void close();

  CK_FUNCTION_LIST* functions_;
  CK_SESSION_HANDLE handle_;
};

}  // namespace signet
