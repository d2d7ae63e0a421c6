"""A stand-in for the app on a person's phone: the code of a secret by RFC 6238, made without the service's own library.

Words: the secret in base 32, and how many steps of 30 seconds from now (0 when left out).
"""

import base64
import hmac
import struct
import sys
import time

secret = sys.argv[1].replace(" ", "").upper()
later = int(sys.argv[2]) if len(sys.argv) > 2 else 0
key = base64.b32decode(secret + "=" * (-len(secret) % 8))
step = int(time.time()) // 30 + later
digest = hmac.new(key, struct.pack(">Q", step), "sha1").digest()
at = digest[-1] & 15
number = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
print(f"{number % 1_000_000:06}")
