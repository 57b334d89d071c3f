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
failed-text = Something has failed. Load the page again; your place in the room is kept.

## Language and theme

language = Language
language-switch = { $language }: change the language
theme = Colours
theme-auto = System setting
theme-light = Light
theme-dark = Dark
theme-switch = Colours: { $theme }. Change

## Waiting

waiting-server = Checking whether you are signed in…
waiting-rooms = Loading your rooms…
waiting-preview = Loading the room…
waiting-seat = Returning to your place…

## Front page

landing-title = Video conferences on your own network
landing-text = Pavilion brings presenters, researchers and moderators into one room. Picture and sound stay inside this network.
landing-link-title = You have an invitation
landing-link = Invitation link
landing-link-wrong = This is not an invitation to this site. Copy the whole link and try again.
landing-open = Open the room
landing-moderator-title = You are a moderator
landing-moderator-text = Ask the administrator of the server for a one-time sign-in link. The server prints one when it is first started, and the command “pavilion moderator-link” creates another. Open the link in this browser to see your rooms.
unknown-title = There is nothing at this address
unknown-text = The link may be incomplete. Copy the whole link again, or paste it on the front page.

## Becoming a moderator

start-title = Sign in as a moderator
start-text = This link signs this browser in as a moderator. You then find your rooms here, and can create rooms, hand out invitations and lead conferences.
start-once = The link works once. Use it in the browser that you will work with.
start-button = Sign in
start-busy = Signing in…
start-no-cookie = This browser refuses cookies, so you could not stay signed in. Allow cookies for this site, then sign in; the link has not been used up.
sign-out = Sign out
sign-out-title = Sign out of this browser?
sign-out-text = Your rooms are kept. To sign in again you need a new one-time link from the administrator of the server.

## A moderator's own rooms

own-rooms-title = Your rooms
own-rooms-empty = No rooms yet. A room that you create appears here with its invitation links.
own-rooms-reconnecting = The connection to the server is lost. Reconnecting automatically…
new-room = New room
room-title = Title
room-organisation = Hosting organisation
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
close-room-text = Everybody in the room has to leave, its invitations stop working, and it disappears from your rooms.
invitations = Invitations
invitations-help = Anyone who has a link can enter with its role. Give it only to people who may enter.
invitations-empty = No valid invitations. Create one to let people in.
invitations-local = These links work on this computer only. Open Pavilion by the server’s name or network address, and create and copy links there.
invite-people = Invite people
invite-title = New link
invite-note = Note to recognise it by (optional)
invite-most = Maximum number of people at once (optional)
invite-most-invalid = Enter a number from 1 to { $most }, or leave the field empty for no limit.
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
revoke-text = Nobody will be able to enter with this link. People who are already in the room stay.
notice-revoked = The link is withdrawn.
notice-address-copied = The address is copied.
notice-address-by-hand = The browser does not allow copying. Select the address and copy it with the keyboard.
notice-copied = The link is copied.
notice-copy-by-hand = The browser does not allow copying. The link is selected: copy it with the keyboard.

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
join-listener = You can watch and listen, chat and raise your hand. You need a microphone and a camera only when a moderator gives you the floor.
join-set-up = Try microphone and camera now
join-watch-anyway = You can join now and watch, listen and chat.
join-no-webrtc = This browser can neither receive nor send picture and sound: WebRTC is missing or switched off. You can join, read and write in the chat, and raise your hand. For everything else, open the link in a current Firefox, Chrome or Edge.
join-unable = This browser cannot use a microphone or a camera.
join-forgets = This browser does not store data for this site. You can join, but you have to join again after the page is reloaded.
join-reconnecting = The connection to the server is lost. Reconnecting automatically…
join = Join
joining = Joining…
join-queued = Many people are entering with this link at the moment. You will enter in a few seconds.
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

waiting-check = Loading the test…
check-link = Test camera, microphone, speaker and connection
check-link-devices = Test camera, microphone and speaker
check-title = Test before the conference
check-text = Check camera, microphone and speaker yourself. The connection to the server is tested by sending picture and sound for a few seconds. Nobody sees or hears you here.
check-text-devices = Check camera, microphone and speaker yourself. Nobody sees or hears you here.
check-devices-only = The connection to the server can be tested only with an invitation. Open your invitation for that.
check-start = Start the test
check-running = Testing…
check-again = Test again
check-to-room = To the room
check-opening = Opening… Allow it if the browser asks.
check-camera-waiting = Tested when you start.
check-camera-no-picture = The camera is open, but sends no picture. Close other programs that use it.
check-camera-good = Your camera works. Check what it shows.
check-microphone-waiting = Tested when you start.
check-microphone-silent = Say something: the bar should move. If it does not, choose another microphone below.
check-microphone-good = Your microphone works.
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
check-route-weak = It works, but the connection is weak. Use a cable instead of Wi-Fi, and stop downloads.
check-route-bad = It hardly works: too much is lost or late. Use a cable instead of Wi-Fi, and stop downloads.
check-route-figures = Connected in { $connect } ms; round trip { $rtt } ms; { $loss } % lost; at least { $kbps } kbit/s.
check-udp-failed = Nothing gets through over UDP. Ask your network administrator to open UDP port { $port } to this server.
check-tcp-failed = Nothing gets through over TCP. Ask your network administrator to open TCP port { $port } to this server.
check-udp-absent = The server offers no connection over UDP.
check-tcp-absent = The server offers no connection over TCP.
check-advice-all = Your connection is ready for the conference.
check-advice-udp-only = Your connection is ready for the conference. TCP does not get through, but is not needed.
check-advice-tcp-only = You can take part, over TCP. Picture and sound are more stable over UDP: ask your network administrator to open UDP port { $port }.
check-advice-weak = You can take part, but your connection is weak. In the room, choose the data saver or sound only in the settings.
check-advice-nothing = Picture and sound get through neither over UDP nor over TCP: in the room you would see and hear nobody. Ask your network administrator to open port { $port } to this server, for UDP or at least for TCP.

## What is wrong with devices

problem-insecure = Your browser blocks microphone and camera on pages without a trusted certificate.
problem-unsupported = This browser cannot use microphones and cameras. Use a current Firefox, Chrome or Edge.
problem-both-denied = The browser was not allowed to use microphone and camera. Allow them in the address bar, then try again.
problem-both-absent = Neither a microphone nor a camera was found. Plug them in, then try again.
problem-camera-denied = The browser was not allowed to use the camera. Allow it in the address bar, then try again.
problem-camera-absent = No camera was found. Plug one in, then try again.
problem-camera-busy = Another program uses the camera. Close it, then try again.
problem-camera-failed = The camera did not start. Try again, or choose another one.
problem-microphone-denied = The browser was not allowed to use the microphone. Allow it in the address bar, then try again.
problem-microphone-absent = No microphone was found. Plug one in, then try again.
problem-microphone-busy = Another program uses the microphone. Close it, then try again.
problem-microphone-failed = The microphone did not start. Try again, or choose another one.
solution-insecure = Show me how to trust this site
solution-insecure-ask = Ask the administrator of this server how to trust its certificate.

## Room

room = Conference room
stage = Stage
stage-empty = Nobody is on the stage yet. The picture appears here as soon as someone starts a camera or shares a screen.
alone = Nobody else is here yet.
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
style = Optimised for
style-sharp = Sharp text
style-motion = Smooth motion
screen-own = You are sharing your screen. Everybody in the room sees it.
screen-own-lost = The connection is lost. Others may not see what you share until it is back.
screen-of = Screen of { $name }
screen-audio-only = The shared screen is not shown: you receive sound only.
screen-waiting = Loading the shared screen…
screen-failed = The screen could not be shared. Try again.
screen-unsupported = This browser cannot share a screen. Use Firefox, Chrome or Edge on a computer.
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
leave-text = If you leave, the conference goes on. You can also end it for everybody.
leave-close-room = Close the room for everybody
you = (you)
picture-of = Picture of { $name }
undecodable = This browser cannot show what { $name } sends. The sound is not affected.
mark-muted = Microphone is off
mark-weak = Weak connection
mark-away = Connection lost, reconnecting
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

reconnecting = The connection is lost. Reconnecting automatically…
reconnecting-seconds = { $seconds } s
play-sound = Sound is off. Play it
play-pictures = Pictures are paused. Play them
no-webrtc = This browser can neither receive nor send picture and sound. The chat works.
audio-only = You receive sound only.
show-pictures = Show pictures
tile-audio-only = Sound only
tile-no-room = Your connection is too slow for this picture
tile-coming = Loading the picture…
receive = Pictures that you receive
receive-auto = Automatic: as your connection allows
receive-saver = Data saver: small pictures
receive-audio = None: sound only
quality-unknown = Quality unknown: the connection is lost
quality-none = Picture and sound are interrupted
quality-silent = No picture or sound arrives
quality-send-down = Your picture and sound do not reach the others
quality-bad = Very weak connection
quality-weak = Weak connection
quality-fair = Fair connection
quality-good = Good connection
quality-detail = { $level }: { $rtt } ms, { $loss } % lost

connection = Connection
verdict-measuring = The connection is being measured…
verdict-lost = The connection to the server is lost. Reconnecting automatically…
verdict-receive-down = The connection for incoming picture and sound is interrupted. Another route is being tried.
verdict-send-down = The connection for your picture and sound is interrupted; others can neither see nor hear you. Another route is being tried.
verdict-silent = Others are sending, but nothing reaches you. If your connection is the cause, another route will be tried.
verdict-unable = This browser cannot receive or send picture and sound. The chat works.
verdict-loss-reduced = Your connection loses { $loss } % of packets; pictures were reduced so that sound stays clear.
verdict-loss = Your connection loses { $loss } % of the packets sent to you. Most are sent again in time.
verdict-waits = Pictures are delayed by about { $wait } ms, so that lost packets can be sent again in time.
verdict-loss-up = Your connection loses { $loss } % of the packets that you send. Others may see and hear you badly.
verdict-thin = Your connection is too slow for all pictures; they were reduced.
verdict-thin-rate = Your connection carries about { $kbps } kbit/s; pictures were reduced to fit.
verdict-tcp = You receive over TCP, because UDP seems to be blocked. On a bad connection, sound is delayed sooner. Ask your network administrator to open the media port for UDP.
verdict-slow = The round trip to the server takes { $rtt } ms. Others hear you late.
verdict-strained = Your computer is too slow for large pictures; you receive smaller ones until it keeps up. Closing other programs helps.
verdict-strained-fewer = Your computer is too slow for so many pictures; you receive fewer. Closing other programs helps.
verdict-send-cpu = Your computer is too slow to send your camera in full. Others see jerky motion.
verdict-send-link = Your connection is too slow to send your camera in full. Others see a smaller picture.
verdict-operator = The administrator has limited the bitrate; pictures are smaller.
verdict-saver = You chose the data saver: pictures are small.
verdict-audio = You chose sound only.
verdict-good = Everything is working.
figure-rtt = Round trip to the server
figure-loss-down = Loss, incoming
figure-loss-up = Loss, outgoing
figure-received = Received
figure-sent = Sent
figure-picture = { $name }: { $height } lines, { $fps } frames/s, { $kbps } kbit/s
figure-limited-cpu = slow computer
figure-limited-bandwidth = slow connection
figures-details = Details
figures-for-operator = For the administrator of the server; it contains no names.
figures-copied = The figures are copied.
figures-copy-by-hand = The browser does not allow copying. Select the figures and copy them with the keyboard.
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
floor-take = Take back the floor
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
remove-text = They leave at once and cannot enter again with the same link and browser. You can let them in again in the list of people. Other people with the link are not affected.

## The floor

floor-given = You have the floor
floor-given-text = You may now speak and share your camera and screen. Nobody hears you until you unmute.
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
notice-device-replaced = { $lost } was disconnected. Now in use: { $name }
notice-microphone-instead = The microphone that you chose was not found. Now in use: { $name }
notice-camera-instead = The camera that you chose was not found. Now in use: { $name }
notice-speaker-missing = The speaker that you chose was not found. Sound comes from the default speaker.
notice-device-gone = { $lost } was disconnected, and no other device was found.

## Chat

chat-messages = Messages
chat-empty = No messages yet. Everybody in the room sees what is written here.
chat-earlier = Show earlier messages
chat-loading = Loading earlier messages…
chat-unfold = Show all
chat-fold = Show less
chat-write = Write to everybody
chat-sending = Sending…
chat-failed = The server did not accept this message.
chat-waits = It will be sent when the connection is back.
chat-waits-storage = The server cannot save this at the moment. It will be sent again automatically.
chat-again = Send again
chat-edit = Edit
chat-too-long = This message has { $count } characters; at most { $most } can be sent at once. Send it in parts.
chat-announce = { $name }: { $text }
chat-unread =
    { $count ->
        [one] unread message
       *[other] unread messages
    }
send = Send

## Settings

settings = Settings
codec = Video format that you send
codec-auto = Automatic
settings-pictures = Pictures
settings-looks = Language and colours
self-view = Own picture
self-view-shown = Shown
self-view-hidden = Hidden
shortcuts = Keyboard shortcuts
shortcuts-help = Shortcuts are off while you are typing.
shortcut-microphone = Microphone on and off
shortcut-talk = Hold to speak while muted
shortcut-camera = Camera on and off
shortcut-screen = Share a screen, or stop
shortcut-hand = Raise or lower the hand
shortcut-layout = Stage or grid
shortcut-full = Show only the picture, in full screen
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
gone-taken-over-text = Your place was moved there. You can also take it back here.
gone-room-closed-title = The room is closed
gone-room-closed-text = The conference is over. Its links do not work any more.
gone-too-slow-title = Your connection could not keep up
gone-too-slow-text = The server had to close it. Your place is kept for a while, and you can come back.
gone-flooding-title = This window sent too many requests
gone-flooding-text = The server closed its connection. Your place is kept for a while, and you can come back.
gone-seat-lost-title = Your place was not kept
gone-seat-lost-text = You were away too long. Join again; the chat is still there.
come-back = Come back
take-over = Take it back here
refused-title = You cannot enter here
refused-next = If you think that you should, ask the person who invited you for a new link.

## Refusals by the server, by code

error-no-answer = The server does not answer. Nothing that you entered is lost; try again in a moment.
error-here = This page could not do that. Load it again and try once more.
error-no-webrtc = This browser cannot connect for picture and sound: WebRTC is missing or switched off.
error-room-not-found = This room does not exist any more.
error-room-closed = This room has been closed.
error-room-full = This room is full. Try again later.
error-link-full = The room already has as many people as this link allows. Ask the moderator for another link.
error-too-many-joins = Many people are entering with this link at the moment. Try again in a few seconds.
error-removed-from-room = A moderator removed you from this room. Ask them to let you in again.
error-removal-not-found = This person has already been let in again.
error-seated-elsewhere = You are in this room in another window. Move here, or continue there.
error-not-allowed = Your role does not allow this.
error-not-signed-in = Only a signed-in moderator can enter here. Use an invitation, or sign in first.
error-not-seated = You are not in the room. Join it first.
error-seated-already = You are in the room already.
error-seat-gone = Your place is not kept any more. Join again.
error-participant-not-found = This participant is not here any more.
error-floor-not-needed = This participant may speak already.
error-not-published = The participant is not sending this at the moment.
error-invitation-unknown = This invitation does not exist. Check that the whole link was copied.
error-invitation-revoked = This invitation has been withdrawn. Ask the moderator for another.
error-link-unknown = This link was used already or has expired. Ask for a new one.
error-too-many-rooms = There are too many rooms. Close one of them first.
error-too-many-invitations = This room has too many invitations already. Withdraw some first.
error-too-many-trials = Too many connection tests are running. Wait a minute, then try again.
error-too-many-attempts = There were too many failed attempts. Wait a minute, then try again.
error-too-fast = There were too many requests. Wait a moment, then try again.
error-too-large = This is longer than the server accepts. Make it shorter.
error-malformed = The server could not understand the request. Load the page again and try once more.
error-internal = The server failed to do this. The failure has been logged; try again.
error-storage-failed = The server could not save this. Try again in a moment.
error-storage-busy = The server cannot save anything at the moment. Nothing was changed; try again in a moment.
error-other-origin = The server does not recognise the address by which this page was opened. Tell the administrator that the proxy in front of the server is not set up (setting proxy.address).
error-name-empty = Your name has no visible characters. Enter a name that can be read.
error-organisation-empty = The organisation has no visible characters. Enter a name that can be read.
error-title-empty = The title has no visible characters. Enter a title that can be read.
error-text-empty = The message has no visible characters, so it was not sent. Enter a text that can be read.
error-name-too-long = Your name is longer than 80 characters. Make it shorter.
error-organisation-too-long = The organisation is longer than 80 characters. Make it shorter.
error-title-too-long = The title is longer than 120 characters. Make it shorter.
error-text-too-long = The message is longer than 4000 characters. Send it in parts.
error-note-too-long = The note is longer than 80 characters. Make it shorter.
