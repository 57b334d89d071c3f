### Everything the client says, in English. Plain, short, what and what next.

product = Pavilion
close = Close
cancel = Cancel
dismiss = Dismiss
try-again = Try again
not-now = Not now
somebody = a moderator
use-it = Use it
go-home = Go to the front page
load-again = Load again
failed-title = This page has stopped working
failed-text = Something in it failed. Load it again: your place in the room is kept.

## Language and theme

language = Language
language-switch = { $language }: change the language
theme = Colours
theme-auto = As the system
theme-light = Light
theme-dark = Dark
theme-switch = Colours: { $theme }. Change

## Waiting

waiting-server = Asking the server who you are…
waiting-rooms = Fetching your rooms…
waiting-preview = Asking for the room…
waiting-seat = Going back to your place…

## Front page

landing-title = Video conferences on your own network
landing-text = Pavilion brings presenters, researchers and moderators into one room. Picture and sound stay inside this network.
landing-link-title = You have an invitation
landing-link = Invitation link
landing-link-wrong = This is not an invitation of this site. Copy the whole link and try once more.
landing-open = Open the room
landing-moderator-title = You are a moderator
landing-moderator-text = The administrator of the server gives you a one-time sign-in link. It is printed at the first start, and again by the command “pavilion moderator-link”. Open it in this browser to get to your rooms.
unknown-title = There is nothing at this address
unknown-text = The link may have been cut when it was copied. Ask for it once more, or paste it on the front page.

## Becoming a moderator

start-title = Sign in as a moderator
start-text = This link signs this browser in as a moderator. You then find your rooms here, and can create rooms, hand out invitations and lead conferences.
start-once = The link works once. Use it in the browser that you will work with.
start-button = Sign in
start-busy = Signing in…
start-no-cookie = This browser refuses cookies, so it could not stay signed in. Allow them for this site, then sign in; the link is not used up.
sign-out = Sign out
sign-out-title = Sign out of this browser?
sign-out-text = Your rooms stay. To come back you need a new one-time link from the administrator of the server.

## A moderator's own rooms

own-rooms-title = Your rooms
own-rooms-empty = No rooms yet. A room that you create appears here with its invitation links.
own-rooms-reconnecting = The connection to the server is lost. It comes back by itself.
new-room = New room
room-title = Title
room-organisation = Organisation that hosts it
new-room-button = Create room
new-room-busy = Creating the room…
room-needs-title = Fill in the title and the organisation to create the room.
present-count =
    { $count ->
        [0] nobody here
        [one] { $count } person here
       *[other] { $count } people here
    }
lost-count =
    { $count ->
        [one] { $count } with a lost connection
       *[other] { $count } with lost connections
    }
enter-room = Enter room
close-room = Close room
close-room-title = Close “{ $title }”?
close-room-text = Everybody in the room is sent out, its invitations stop working, and it disappears from your rooms.
invitations = Invitations
invitations-help = Anyone with a link can enter in its role. Give it only to people who may enter.
invitations-empty = No valid invitations. Create one to let people in.
invitations-local = These links work on this computer only. Open Pavilion by the server’s name or network address, then make and copy links there.
invite-people = Invite people
invite-title = New link
invite-note = Note, to tell it from others (optional)
invite-most = Most people at once (optional)
invite-presenter = New link for presenters
invite-researcher = New link for researchers
invite-moderator = New link for a moderator
link-presenter = Link for presenters
link-researcher = Link for researchers
link-moderator = Link for a moderator
link-most =
    { $count ->
        [one] at most { $count } person at once
       *[other] at most { $count } people at once
    }
copy = Copy
copy-named = Copy: { $name }
qr-named = QR code: { $name }
qr-alt = QR code of the invitation link
qr-help = Scan it with the camera of a phone or tablet on this network.
revoke = Withdraw link
revoke-named = Withdraw: { $name }
revoke-title = Withdraw this link?
revoke-text = Nobody can enter by this link any more. People who are already in the room stay.
notice-revoked = The link is withdrawn.
notice-address-copied = The address is copied.
notice-address-by-hand = The browser does not let us copy. Select the address and copy it with the keyboard.
notice-copied = The link is copied.
notice-copy-by-hand = The browser does not let us copy. The link is selected: copy it with the keyboard.

## Join page

your-name = Your name
your-organisation = Your organisation
role-moderator = moderator
role-presenter = presenter
role-researcher = researcher
join-role = You enter as { $role }.
join-empty = Nobody is there yet.
join-present =
    { $count ->
        [one] { $count } person is there:
       *[other] { $count } people are there:
    }
join-more =
    { $count ->
        [one] and { $count } more
       *[other] and { $count } more
    }
join-listener = You come to watch and listen, to chat and to raise your hand. Microphone and camera are needed only when a moderator gives you the floor.
join-set-up = Try microphone and camera now
join-watch-anyway = You can join now and watch, listen and chat.
join-no-webrtc = This browser shows neither picture nor sound of a room, and sends none: WebRTC is missing or switched off. You can join to read and write in the chat and to raise your hand. For everything else open the link in a current Firefox, Chrome or Edge.
join-unable = Microphone and camera cannot be used in this browser.
join-forgets = This browser keeps nothing for this site. You can join, but after the page is loaded again you join anew.
join-reconnecting = The connection to the server is lost. It comes back by itself.
join = Join
joining = Joining…
join-queued = Many people are entering by this link at the moment. You will enter in a few seconds.
elsewhere-tab = You are in this room in another tab.
elsewhere-window = You are in this room in another window or on another computer.
elsewhere-move = Move here
elsewhere-stay = Stay there
elsewhere-another = Enter as another person
join-needs-name = Fill in your name and organisation to join.
devices = Devices
devices-unknown = –
microphone = Microphone
microphone-short = Mic
microphone-level = Loudness of your microphone
microphone-number = Microphone { $number }
microphone-unnamed = Allow the microphone first
no-microphone = No microphone found
camera = Camera
camera-is-off = Your camera is off.
camera-number = Camera { $number }
camera-unnamed = Allow the camera first
no-camera = No camera found
own-picture = Your own picture
speaker = Speaker
speaker-default = Default speaker of this computer
speaker-number = Speaker { $number }
test-speaker = Test speaker
speaker-test-failed = The test tone could not be played. Choose another speaker.

## Test before a conference

waiting-check = Fetching the test…
check-link = Test camera, microphone, speaker and connection
check-link-devices = Test camera, microphone and speaker
check-title = Test before the conference
check-text = You check camera, microphone and speaker yourself. The connection to the server is tested by sending over it for a few seconds. Nobody sees or hears you here.
check-text-devices = You check camera, microphone and speaker yourself. Nobody sees or hears you here.
check-devices-only = The connection to the server is tested from the page of a room. Open your invitation for that.
check-start = Start the test
check-running = Testing…
check-again = Test again
check-to-room = To the room
check-opening = Opening… Allow it if the browser asks.
check-camera-waiting = Tested when you start.
check-camera-no-picture = The camera is open, but sends no picture. Close other programs that use it.
check-camera-good = Your camera works. Check what it shows.
check-microphone-waiting = Tested when you start.
check-microphone-silent = Say something: the bar must move. If it does not, choose another microphone below.
check-microphone-good = Your microphone hears you.
check-speaker-ask = Press “Test speaker”. Do you hear the tone?
check-speaker-yes = Yes, I hear it
check-speaker-no = No
check-speaker-good = Your speaker works.
check-speaker-bad = Turn the volume up, check whether headphones are plugged in, or choose another speaker below.
check-udp = Connection to the server over UDP
check-tcp = Connection to the server over TCP
check-udp-waiting = The usual route for picture and sound. Tested when you start.
check-tcp-waiting = The route through firewalls that block UDP. Tested after UDP.
check-route-running = Sending for a few seconds…
check-route-good = It works.
check-route-weak = It works, but the link is weak. A cable in place of Wi-Fi helps, and so does stopping downloads.
check-route-bad = It hardly works: too much is lost or late. A cable in place of Wi-Fi helps, and so does stopping downloads.
check-route-figures = Connected in { $connect } ms; { $rtt } ms to the server and back; { $loss } % lost; at least { $kbps } kbit/s.
check-udp-failed = Nothing gets through over UDP. Ask your network administrator to open UDP port { $port } to this server.
check-tcp-failed = Nothing gets through over TCP. Ask your network administrator to open TCP port { $port } to this server.
check-udp-absent = The server offers no connection over UDP.
check-tcp-absent = The server offers no connection over TCP.
check-advice-all = Your connection is ready for the conference.
check-advice-udp-only = Your connection is ready for the conference. TCP does not get through, but is not needed.
check-advice-tcp-only = You can take part, over TCP. Picture and sound are steadier when UDP port { $port } is open: tell your network administrator.
check-advice-weak = You can take part, but your link is weak. In the room, choose the data saver or sound only under Settings.
check-advice-nothing = Neither UDP nor TCP lets picture and sound through: in the room you would see and hear nobody. Ask your network administrator to open port { $port } to this server, for UDP or at least TCP.

## What is wrong with devices

problem-insecure = Your browser blocks microphone and camera on pages without a trusted certificate.
problem-unsupported = This browser cannot use microphones and cameras. Current Firefox, Chrome and Edge can.
problem-both-denied = The browser was not allowed to use microphone and camera. Allow them beside the address, then try again.
problem-both-absent = No microphone and no camera were found. Plug them in, then try again.
problem-camera-denied = The browser was not allowed to use the camera. Allow it beside the address, then try again.
problem-camera-absent = No camera was found. Plug one in, then try again.
problem-camera-busy = Another program uses the camera. Close it, then try again.
problem-camera-failed = The camera did not start. Try again, or choose another one.
problem-microphone-denied = The browser was not allowed to use the microphone. Allow it beside the address, then try again.
problem-microphone-absent = No microphone was found. Plug one in, then try again.
problem-microphone-busy = Another program uses the microphone. Close it, then try again.
problem-microphone-failed = The microphone did not start. Try again, or choose another one.
mend-insecure = Show me how to trust this site
mend-insecure-ask = Ask the administrator of this server how to trust its certificate.

## Room

room = Conference room
stage = Stage
stage-empty = Nobody is on the stage yet. The picture appears here as soon as someone starts a camera or shares a screen.
alone = Only you are here so far.
alone-moderator = Invite people by link; they appear here as soon as they join.
alone-guest = The others appear here as soon as they join.
controls = Controls
screen-share = Share screen
screen-stop = Stop sharing
share-sharp = Screen: sharp text
share-sharp-text = For slides, documents and programs. Letters stay sharp, motion may be jerky.
share-motion = Film or animation: smooth motion
share-motion-text = For films and moving pictures. Small letters may blur.
share-camera = Second camera (document camera)
share-no-camera = Plug in a second camera to show documents or an experiment beside yourself.
screen-own-camera = Everybody in the room sees your second camera.
style = What it is for
style-sharp = Sharp text
style-motion = Smooth motion
screen-own = You are sharing your screen. Everybody in the room sees it.
screen-of = Screen of { $name }
screen-audio-only = The shared screen is not shown: you receive sound only.
screen-waiting = The shared screen is on its way…
screen-failed = The screen could not be shared. Try again.
screen-unsupported = This browser cannot share a screen. A computer with Firefox, Chrome or Edge can.
hand = Raise hand
hand-number = Hand { $number }
layout-grid = Grid
layout-stage = Stage
chat = Chat
people = People
leave = Leave
more = More
full-enter = Full screen
full-leave = Leave full screen
floating-open = Small window over other programs
floating-close = Close the small window
floating-failed = The small window could not be opened. It needs a picture on the stage.
mute-me = Mute
leave-title = Leave the room?
leave-text = The conference goes on without you, or you end it for everybody.
leave-close-room = Close the room for everybody
you = (you)
picture-of = Picture of { $name }
undecodable = This browser cannot show what { $name } sends. The sound is not affected.
mark-muted = Microphone is off
mark-weak = Weak connection
mark-away = Connection lost, coming back
mark-muted-word = muted
mark-weak-word = weak
mark-away-word = lost
off = off
pin = Pin for me only
unpin = Unpin
pin-named = Pin { $name } for me only
unpin-named = Unpin { $name }
page-of = { $page } of { $pages }
next-page = Next page
previous-page = Previous page

## Connection

reconnecting = The connection is lost. It comes back by itself.
reconnecting-seconds = { $seconds } s
play-sound = Sound is off. Play it
play-pictures = Pictures are paused. Play them
no-webrtc = This browser shows neither picture nor sound here, and sends none. The chat works.
audio-only = You receive sound only.
show-pictures = Show pictures
tile-audio-only = Sound only
tile-no-room = No room for this picture on your link
tile-coming = The picture is on its way…
receive = Pictures that you receive
receive-auto = Automatic: as the link allows
receive-saver = Data saver: small pictures
receive-audio = None: sound only
quality-unknown = Quality unknown: the connection is lost
quality-none = Picture and sound are interrupted
quality-silent = No picture or sound arrives
quality-send-down = What you send does not arrive
quality-bad = Very weak connection
quality-weak = Weak connection
quality-fair = Fair connection
quality-good = Good connection
quality-detail = { $level }: { $rtt } ms, { $loss } % lost

connection = Connection
verdict-measuring = The connection is being measured…
verdict-lost = The connection to the server is lost. It comes back by itself.
verdict-receive-down = The connection for what you see and hear is interrupted. Another route is being tried.
verdict-send-down = The connection for your picture and sound is interrupted; others neither see nor hear you. Another route is being tried.
verdict-silent = Others are sending, but nothing of it reaches you. If the connection is at fault, another route is tried.
verdict-unable = This browser cannot receive or send picture and sound. The chat works.
verdict-loss-reduced = Your link loses { $loss } % of packets; pictures were reduced so that sound stays clear.
verdict-loss = Your link loses { $loss } % of packets on the way to you. Most are sent again in time.
verdict-waits = Pictures wait about { $wait } ms before they are shown, so that what was lost can be sent again in time.
verdict-loss-up = Your link loses { $loss } % of what you send. Others may see and hear you badly.
verdict-thin = Your link carries less than all pictures need; they were reduced.
verdict-thin-rate = Your link carries about { $kbps } kbit/s; pictures were reduced to fit.
verdict-tcp = You receive over TCP; UDP seems to be blocked. On a bad link the sound lags sooner. Your network administrator can open the media port for UDP.
verdict-slow = The round trip to the server takes { $rtt } ms. Others hear you late.
verdict-strained = Your computer is too slow for large pictures; smaller ones are fetched until it keeps up. Closing other programs helps.
verdict-strained-fewer = Your computer is too slow for so many pictures; fewer are fetched. Closing other programs helps.
verdict-send-cpu = Your computer is too slow to send your camera in full. Others see fewer frames.
verdict-send-link = Your link carries less than your camera sends. Others see you smaller.
verdict-operator = The administrator has limited the bitrate; pictures are smaller.
verdict-saver = You chose the data saver: pictures are small.
verdict-audio = You chose sound only.
verdict-good = Everything is as it should be.
figure-rtt = Round trip to the server
figure-loss-down = Lost on the way to you
figure-loss-up = Lost on the way to the server
figure-received = Received
figure-sent = Sent
figure-picture = { $name }: { $height } lines, { $fps } frames/s, { $kbps } kbit/s
figure-limited-cpu = slow computer
figure-limited-bandwidth = thin link
figures-details = Details
figures-for-operator = For the administrator of the server; it contains no names.
figures-copied = The figures are copied.
figures-copy-by-hand = The browser does not let us copy. Select the figures and copy them with the keyboard.
shared-picture = Shared picture
percent = { $value } %
milliseconds = { $value } ms
kilobits = { $value } kbit/s

## People

hands = Raised hands
hands-empty = Raised hands appear here in their order.
moderators = Moderators
people-empty = Presenters and researchers appear here when they join.
people-hands =
    { $count ->
        [one] raised hand
       *[other] raised hands
    }
has-floor = has the floor
connection-lost = connection lost
actions-for = What you can do for { $name }
floor-give = Give the floor
floor-give-named = Give the floor to { $name }
hand-lower = Lower hand
hand-lower-named = Lower the hand of { $name }
floor-take = Take the floor back
on-stage = on stage
stage-on = Show to everybody
stage-keep = Keep on stage
kept-on-stage = kept on stage
stage-off = Back to automatic
mute-microphone = Mute microphone
stop-camera = Stop camera
stop-screen = Stop screen
removed-people = Removed
removed-by = { $organisation } · removed by { $by }
let-in = Let in again
let-in-named = Let { $name } in again
remove = Remove
remove-title = Remove { $name }?
remove-text = They leave at once and cannot come in again by the same link with this browser. You can let them in again in the list of people. Other people with the link are not concerned.

## The floor

floor-given = You have the floor
floor-given-text = You may now speak and show your camera and screen. Nobody hears you until you unmute.
floor-unmute = Unmute microphone
floor-taken = The floor was taken back. Microphone, camera and screen are off.
unmute = Unmute
muted-speech = You are muted. Press M to be heard.
muted-speech-touch = You are muted. Unmute to be heard.

## News for moderators

news-sound = Sound when someone joins or raises a hand
news-sound-off = Off
news-sound-on = On
news-joined = { $name } joined
news-joined-more = { $name } and { $count } more joined
news-left = { $name } left
news-left-more = { $name } and { $count } more left
news-hand = { $name } raised a hand
news-hand-more = { $name } and { $count } more raised their hands

## Notices

notice-on-stage-seen = You are on stage now: everybody sees you.
notice-on-stage-heard = You are on stage now: everybody hears you. Your camera is off.
notice-no-floor = You do not have the floor. Raise your hand to ask for it.
notice-muted-microphone = { $by } muted your microphone.
notice-muted-camera = { $by } stopped your camera.
notice-muted-screen = { $by } stopped your screen sharing.
notice-muted-screen-audio = { $by } stopped the sound of your screen.
notice-device-arrived = New device: { $name }
notice-device-replaced = { $lost } is gone. Now in use: { $name }
notice-microphone-instead = The microphone that you chose is not there. Now in use: { $name }
notice-camera-instead = The camera that you chose is not there. Now in use: { $name }
notice-speaker-missing = The speaker that you chose is not there. Sound comes from the default speaker.
notice-device-gone = { $lost } is gone, and no other device was found.

## Chat

chat-messages = Messages
chat-empty = No messages yet. Everybody in the room sees what is written here.
chat-earlier = Show earlier messages
chat-loading = Fetching earlier messages…
chat-unfold = Show all
chat-fold = Show less
chat-write = Write to everybody
chat-sending = Sending…
chat-failed = The server did not take this.
chat-waits = It is sent when the connection is back.
chat-waits-storage = The server cannot save this at the moment. It is sent again automatically.
chat-again = Send again
chat-edit = Edit
chat-too-long = This message has { $count } characters; { $most } can be sent at once. Send it in parts.
chat-announce = { $name }: { $text }
chat-unread =
    { $count ->
        [one] unread message
       *[other] unread messages
    }
send = Send

## Settings

settings = Settings
codec = Picture format that you send
codec-auto = Automatic
settings-pictures = Pictures
settings-looks = Language and colours
self-view = Own picture
self-view-shown = Shown
self-view-hidden = Hidden
shortcuts = Keyboard shortcuts
shortcuts-help = Shortcuts are off while you write.
shortcut-microphone = Microphone on and off
shortcut-talk = Hold to speak while muted
shortcut-camera = Camera on and off
shortcut-screen = Share a screen, or stop
shortcut-hand = Raise or lower the hand
shortcut-layout = Stage or grid
shortcut-full = The picture alone, full screen
shortcut-chat = Open and close the chat
shortcut-people = Open and close the list of people
shortcut-next-page = Next page of pictures
shortcut-previous-page = Previous page of pictures
shortcut-help = This list

## After the room

gone-left-title = You have left the room
gone-left-text = The conference goes on. You can come back for as long as your invitation is valid.
gone-removed-title = You were removed from the room
gone-removed-text = { $by } removed you. If that was a mistake, ask a moderator to let you in again.
gone-taken-over-title = You are in this room in another window
gone-taken-over-text = Your place moved there. You can also take it back here.
gone-room-closed-title = The room is closed
gone-room-closed-text = The conference is over. Its links do not work any more.
gone-too-slow-title = Your connection could not keep up
gone-too-slow-text = The server had to close it. Your place is kept for a while: come back.
gone-flooding-title = This window asked too much of the server
gone-flooding-text = Its connection was cut. Your place is kept for a while: come back.
gone-seat-lost-title = Your place was not kept
gone-seat-lost-text = You were away too long. Join again; the chat is still there.
come-back = Come back
take-over = Take it back here
refused-title = You cannot enter here
refused-next = If you think that you should, ask the person who invited you for a new link.

## Refusals by the server, by code

error-no-answer = The server does not answer. What you did is kept; try again in a moment.
error-here = This page could not do that. Load it again and repeat it.
error-no-webrtc = This browser cannot connect for picture and sound: WebRTC is missing or switched off.
error-room-not-found = This room does not exist any more.
error-room-closed = This room has been closed.
error-room-full = This room is full. Try again later.
error-link-full = As many people as this link allows are in the room already. Ask the moderator for another link.
error-door-busy = Many people are entering by this link at the moment. Try again in a few seconds.
error-removed-from-room = A moderator removed you from this room. Ask them to let you in again.
error-removal-not-found = This removal is lifted already.
error-seated-elsewhere = You are in this room in another window. Move here, or go on there.
error-not-allowed = Your role does not allow this.
error-not-signed-in = Only a signed-in moderator can enter here. Use an invitation, or sign in first.
error-not-seated = You are not in the room. Come back to your place first.
error-seated-already = You are in your place already.
error-seat-gone = Your place is not kept any more. Join again.
error-participant-not-found = This participant is not here any more.
error-floor-not-needed = This participant may speak already.
error-not-published = This is not being sent at the moment.
error-invitation-unknown = This invitation does not exist. Check that the whole link was copied.
error-invitation-revoked = This invitation has been withdrawn. Ask the moderator for another.
error-link-unknown = This link was used already or has expired. Ask for a new one.
error-too-many-rooms = There are too many rooms. Close one of them first.
error-too-many-invitations = This room has too many invitations already. Withdraw some first.
error-too-many-trials = Too many connection tests are running. Wait a minute, then try again.
error-too-many-attempts = There were too many failed attempts. Wait a minute, then try again.
error-too-fast = That was too fast. Wait a moment and try again.
error-too-large = This is longer than the server accepts. Make it shorter.
error-malformed = The server could not read this. Load the page again and repeat it.
error-internal = The server failed to do this. The failure has been logged; try again.
error-storage-failed = The server could not save this. Try again in a moment.
error-storage-busy = The server cannot save anything at the moment. Nothing was changed; try again in a moment.
error-other-origin = The server takes this page for another site, because it was reached by a different address. Tell the administrator: the proxy in front of the server is not set up (setting proxy.address).
error-name-empty = Your name shows nothing. Write it in letters that can be seen.
error-organisation-empty = The organisation shows nothing. Write it in letters that can be seen.
error-title-empty = The title shows nothing. Write it in letters that can be seen.
error-text-empty = The message shows nothing, so it was not sent. Write something that can be seen.
error-name-too-long = Your name is longer than 80 characters. Make it shorter.
error-organisation-too-long = The organisation is longer than 80 characters. Make it shorter.
error-title-too-long = The title is longer than 120 characters. Make it shorter.
error-text-too-long = The message is longer than 4000 characters. Send it in parts.
error-note-too-long = The note is longer than 80 characters. Make it shorter.
