"""
A scripted client that speaks Pavilion's public protocol and real media.

Written from ``docs/protocol.md`` and the RFCs, sharing no code with the server's
packet path, so that a mistake there is not repeated here::

    client ── Socket.IO ── signaling        ScriptedClient (client)
       ├── publish leg                      Publisher (sending) over Leg (leg)
       └── subscribe leg                    SlotWatch (receiving) over Leg
    sdp · rtp · rtcp · vp8 · recording      small pieces of their own
"""
